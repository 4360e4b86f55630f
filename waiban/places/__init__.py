"""Countries, regions and economies with their official names."""
