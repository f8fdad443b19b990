"""Who has a token at birth, and who has the gains after four years. Readings X2a, X2b and X19a."""

from __future__ import annotations

from defi_lib.evidence.effects import Registry

EVIDENCE = Registry("rewards")
