"""Checks of ``labs/7_compute/02_auction_and_allocation.ipynb``: they play sellers, buyers and nodes who lie."""

# isort: off - in the order of the questions, which each file registers
from defi_lib.labs.compute.auction_and_allocation import auctions, double_auction, plans, stakes
from defi_lib.labs.compute.auction_and_allocation.shared import Node, Task, check, lab, plan_cost, progress

__all__ = ["Node", "Task", "auctions", "check", "double_auction", "lab", "plan_cost", "plans", "progress", "stakes"]
