"""Pages of outbound delegations."""
