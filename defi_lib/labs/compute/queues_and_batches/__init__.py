"""Checks of ``labs/7_compute/04_queues_and_batches.ipynb``."""

# isort: off - in the order of the questions, which each file registers
from defi_lib.labs.compute.queues_and_batches import lines, pools, runs, spill
from defi_lib.labs.compute.queues_and_batches.days import Day, bill_of, draw_day, seconds_of
from defi_lib.labs.compute.queues_and_batches.shared import check, lab, progress

__all__ = [
    "Day",
    "bill_of",
    "check",
    "draw_day",
    "lab",
    "lines",
    "pools",
    "progress",
    "runs",
    "seconds_of",
    "spill",
]
