"""Events of the office."""
