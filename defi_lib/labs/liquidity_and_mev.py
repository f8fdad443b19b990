"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.exchange.liquidity_and_mev`."""

from defi_lib.labs.exchange.liquidity_and_mev import *  # noqa: F403
