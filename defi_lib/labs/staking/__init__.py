"""Labs of module 3."""
