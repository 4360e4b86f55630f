"""Agreements and amounts reached, counted once."""
