"""Private files and the numbering of official papers."""
