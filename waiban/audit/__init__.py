"""Who changed, opened and exported what."""
