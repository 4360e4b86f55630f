"""View models of the pages of delegations: plain values for templates."""
