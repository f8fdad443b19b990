"""Claims are assets too: what suppliers have and what borrowers owe, by name in the ledger."""


def supplied(asset: str) -> str:
    """Name of the claim of a supplier of ``asset``."""
    return f"{asset} supplied"


def owed(asset: str) -> str:
    """Name of the claim against a borrower of ``asset``."""
    return f"{asset} debt"
