"""Outbound delegations: approval, passport, visa, return."""
