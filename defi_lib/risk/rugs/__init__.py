"""Rugs: how the maker of a token takes the money, and how one may see it coming."""
