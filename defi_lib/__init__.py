"""Exact, small numpy models of decentralised finance and decentralised compute markets.

Nothing is imported here, so that ``import defi_lib.exchange`` costs no more than numpy.
"""
