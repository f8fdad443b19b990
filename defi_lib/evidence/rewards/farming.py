"""What is left of a farm's yield when others come. Readings X4a and X5a."""

from __future__ import annotations

from defi_lib.evidence.effects import Registry

EVIDENCE = Registry("rewards")
