"""Labs of module 2."""
