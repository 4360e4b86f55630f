"""Chinese working days with their shifted weekends, counted in half-days."""
