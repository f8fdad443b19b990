"""Labs of module 1."""
