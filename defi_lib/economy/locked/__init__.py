"""Value that is locked, and counted more than once."""
