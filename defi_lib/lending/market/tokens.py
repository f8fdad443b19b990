"""Claims are assets too: what suppliers have and what borrowers owe, by name in the ledger.

The field calls them supply tokens (aTokens, cTokens) and debt tokens.
"""


def supply_token(asset: str) -> str:
    """Name of the claim of a supplier of ``asset``.

    >>> supply_token("ETH")
    'ETH supplied'
    """
    return f"{asset} supplied"


def debt_token(asset: str) -> str:
    """Name of the claim against a borrower of ``asset``.

    >>> debt_token("USD")
    'USD debt'
    """
    return f"{asset} debt"
