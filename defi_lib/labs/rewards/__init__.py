"""Labs of module 4."""
