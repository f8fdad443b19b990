"""Labs of module 6."""
