"""Labs of module 7."""
