"""Measures: how concentrated holdings are, and what an investment returned."""

from defi_lib.measures.concentration import (
    LorenzCurve,
    effective_number,
    gini,
    herfindahl,
    lorenz_curve,
    nakamoto,
    theil,
    top_share,
)
from defi_lib.measures.returns import (
    annualised_return,
    apr_from_apy,
    apy_from_apr,
    internal_rate_of_return,
    max_drawdown,
    net_present_value,
    total_return,
)

__all__ = [
    "LorenzCurve",
    "annualised_return",
    "apr_from_apy",
    "apy_from_apr",
    "effective_number",
    "gini",
    "herfindahl",
    "internal_rate_of_return",
    "lorenz_curve",
    "max_drawdown",
    "nakamoto",
    "net_present_value",
    "theil",
    "top_share",
    "total_return",
]
