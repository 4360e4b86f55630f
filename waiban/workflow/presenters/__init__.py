"""View models of the record: plain values for templates, made from a loaded `Record` without queries."""
