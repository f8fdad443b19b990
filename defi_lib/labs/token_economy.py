"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.compute.token_economy`."""

from defi_lib.labs.compute.token_economy import *  # noqa: F403
