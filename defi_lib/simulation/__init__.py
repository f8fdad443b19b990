"""Price paths, real prices, runs over time, and sweeps over parameters."""

from defi_lib.simulation.prices import (
    CorrelatedBrownian,
    GeometricBrownian,
    JumpDiffusion,
    MeanReverting,
    PriceProcess,
    Replay,
)
from defi_lib.simulation.running import Moment, Run, run
from defi_lib.simulation.series import PriceSeries, read_prices
from defi_lib.simulation.sweeping import Sweep, SweepError, sweep

__all__ = [
    "CorrelatedBrownian",
    "GeometricBrownian",
    "JumpDiffusion",
    "MeanReverting",
    "Moment",
    "PriceProcess",
    "PriceSeries",
    "Replay",
    "Run",
    "Sweep",
    "SweepError",
    "read_prices",
    "run",
    "sweep",
]
