"""Labs of module 5."""
