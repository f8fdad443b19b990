"""Risk: coins that should be worth a dollar, how failure spreads, and who is insured.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "coins.peg_module": ["PegModule", "PegModuleChange", "Wallet"],
        "fractional.frax": ["FraxChange", "FraxPool", "FraxPrices", "FraxRules", "FraxUser"],
    },
)
