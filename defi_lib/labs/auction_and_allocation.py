"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.compute.auction_and_allocation`."""

from defi_lib.labs.compute.auction_and_allocation import *  # noqa: F403
