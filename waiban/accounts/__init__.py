"""People, departments, the positions they hold and who stands in for whom."""
