"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.exchange.swaps`."""

from defi_lib.labs.exchange.swaps import *  # noqa: F403
