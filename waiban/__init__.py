"""外办一点通: the portal of a municipal foreign affairs office."""
