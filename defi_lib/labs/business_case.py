"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.compute.business_case`."""

from defi_lib.labs.compute.business_case import *  # noqa: F403
