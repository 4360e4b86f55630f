"""Pages of the desk, of search, and the front door."""
