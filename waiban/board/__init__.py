"""My queue, search and what concerns all four businesses at once."""
