"""APEC business travel cards."""
