"""Labs of module 8."""
