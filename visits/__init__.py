"""Receptions of guests from abroad."""
