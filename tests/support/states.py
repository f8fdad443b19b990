"""An example of every public state and record, found by itself, for what all of them promise.

A **state** checks what it is given (it has its own ``__new__``, or is a dataclass): say how to make one in ``STATES``.
A **record** is a plain ``NamedTuple`` of what happened: one is filled from the types of its fields.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

import defi_lib

#: Kits for notebooks, and single modules without states of their own.
NOT_SEARCHED = {
    *("explore", "evidence", "labs", "server"),
    *("frozen", "lazy", "numerals", "persistent", "probability", "rounding", "validation"),
}

#: Changed in place on purpose, or no state at all; why.
NO_STATES = {
    "browser.Packages": "brings what is imported, and remembers what it has brought",
    "ledger.Ledger": "a book that is written in",
    "economy.SystemBook": "a book that is written in",
    "compute.CachedGame": "remembers what it has computed",
    "simulation.SweepError": "an error",
    "simulation.PriceProcess": "what processes have in common",
    "lending.compound_v3_curve": "another way to make a KinkedCurve",
}


class Hand:
    """What a caller hands over and changes afterwards."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def __call__(self, *numbers: Any) -> np.ndarray:
        """An array of these numbers."""
        self.given.append(np.array(numbers))
        return self.given[-1]

    def dict(self, **entries: Any) -> dict[str, Any]:
        """A mapping with these entries."""
        self.given.append(entries)
        return entries

    def list(self, *entries: Any) -> list[Any]:
        """A list of these entries."""
        self.given.append(list(entries))
        return self.given[-1]

    def change(self) -> None:
        """Change all that was handed over."""
        for given in self.given:
            if isinstance(given, np.ndarray):
                given[...] = 77
            else:
                given.clear()


def _lending() -> Any:
    return importlib.import_module("defi_lib.lending")


def _market(hand: Hand) -> Any:
    lending = _lending()
    curve = lending.KinkedCurve(0.0, 0.04, 0.75, 0.8)
    rates = lending.SharedRates(curve, hand(0.1, 0.2))
    listings = {"ETH": lending.Listing(rates, 0.8, 0.825, 0.05), "USD": lending.Listing(rates)}
    market = lending.Market(hand.dict(**listings), hand.dict(ETH=hand(2000.0, 2500.0), USD=1.0))
    market = market.supply("alice", "ETH", 10.0).market.supply("bob", "USD", 50_000.0).market
    return market.borrow("alice", "USD", 1000.0).market


def _concentrated(make: Any, price: Any, amount: Any) -> Any:
    return make(price).add_liquidity(-600, 600, amount, owner="alice").pool


#: How to make a state from what a caller hands over.
STATES: dict[str, Callable[[Any, Hand], Any]] = {
    "economy.ProofGate": lambda make, hand: make(hand.list("bank", "post"), 1, hand.list("state", "post")),
    "economy.ProtocolSheets": lambda make, hand: make(
        hand([1.0, 0.0], [0.0, 2.0]), hand(1), hand(0), hand(0), hand(0.5), hand([0.0, 0.0], [0.0, 1.0])
    ),
    "economy.SystemSetting": lambda make, hand: make(hand.dict(pool_fee=hand(0.1, 0.2))),
    "exchange.AmplificationRamp": lambda make, hand: make(100.0, 200.0, 0, 864_000),
    "exchange.BondingCurve": lambda make, hand: make(hand(10.0, 20.0), hand(100.0, 200.0), hand(0.5, 0.4)),
    "exchange.ConcentratedPool": lambda make, hand: _concentrated(make, hand(1.0, 1.01), 1e6),
    "exchange.ConstantProductPool": lambda make, hand: make((hand(1.0, 2.0), hand(3.0, 4.0)), hand(0.003, 0.01)),
    "exchange.ExactConcentratedPool": lambda make, hand: _concentrated(make, 2**96, 10**6),
    "exchange.OrderBook": lambda make, hand: make([hand(99.0, 1.0)], hand.list((101.0, 2.0), (102.0, 3.0))),
    "exchange.StableSwapPool": lambda make, hand: make(hand.list(hand(1.0, 2.0), hand(3.0, 2.0)), hand(100.0, 50.0)),
    "exchange.WeightedPool": lambda make, hand: make(hand.list(hand(1.0, 2.0), 3.0), hand.list(0.8, 0.2)),
    "lending.Bank": lambda make, hand: make(hand(10.0, 20.0), hand(0.01, 0.02), hand(0.05, 0.06)),
    "lending.CreditScoring": lambda make, hand: make(hand(0.05, 0.06), hand(0.01, 0.02)),
    "lending.CuratedVault": lambda make, hand: make("bold", "Cy", hand.dict(ether=5, coin=5)),
    "lending.DebtCeiling": lambda make, hand: make(hand(10.0, 20.0), hand(1.0, 2.0)),
    "lending.DebtPosition": lambda make, hand: make(hand(10.0, 20.0), hand(100.0, 200.0), hand(2000.0, 2100.0)),
    "lending.FuturesAccounts": lambda make, hand: make(
        hand(10.0, -10.0, 0.0), hand(4e3, 4e3, 4e3), hand(4e3, 4e3, 1e6), hand(1.0, 2.0)
    ),
    "lending.KinkedCurve": lambda make, hand: make(0.0, hand(0.04, 0.05), 0.75, 0.8),
    "lending.Listing": lambda make, hand: make(_market(hand).reserves["ETH"].listing.rates, hand(0.5, 0.6), 0.8),
    "lending.Market": lambda make, hand: _market(hand),
    "lending.SavingsRate": lambda make, hand: make(hand(0.05, 0.06)),
    "risk.Bridge": lambda make, hand: make(hand(10.0, 20.0), hand(15.0, 20.0)),
    "risk.Network": lambda make, hand: make(hand(1.0, 2.0), hand(0), hand(1), hand(5.0), hand(1.0, 1.0)),
    "risk.TerraMarket": lambda make, hand: make(10**24, 0, 36, hand.dict(uusd=10**18), supply=hand.dict(uusd=5)),
    "lending.ShareVault": lambda make, hand: make(10, hand.dict(alice=5, bob=5)),
    "lending.SharedRates": lambda make, hand: make(_lending().KinkedCurve(0.0, 0.04, 0.75, 0.8), hand(0.1, 0.2)),
    "lending.SoftLiquidation": lambda make, hand: make(hand(0.0, 0.0), hand(5.0, 5.0), 2000.0, 100.0),
    "lending.StabilityPool": lambda make, hand: make().deposit("alice", hand(10.0, 20.0)).pool,
    "lending.ExactStabilityPool": lambda make, hand: make().deposit("alice", 10**20).pool,
    "lending.Troves": lambda make, hand: make(hand(10.0, 20.0), hand(10_000.0, 5_000.0)),
    "staking.BlockTree": lambda make, hand: _tree(make, hand),
    "staking.KeyPair": lambda make, hand: make(bytes(range(1, 33))),
    "staking.LiquidStakingPool": lambda make, hand: make(hand(10.0, 20.0), hand(9.0, 19.0)),
    "staking.Miners": lambda make, hand: make(hand(1.0, 2.0), hand(0.1, 0.2), hand(20.0, 30.0)),
    "staking.RestakingNetwork": lambda make, hand: make(hand(1.0, 2.0), hand(True, True).reshape(2, 1), hand(1.0), 0.5),
    "staking.Validator": lambda make, hand: make(1.0, hand(10.0, 20.0), 0.1),
    "staking.Wallet": lambda make, hand: make(hand.list("alice", "bob"), 1),
    "rewards.AllocationTable": lambda make, hand: make(1e9, hand.list(_rewards().Allocation("team", 1.0))),
    "rewards.BondDepository": lambda make, hand: make(hand(100.0, 200.0), 5.0, hand(1e6, 2e6)),
    "rewards.DecayingEmission": lambda make, hand: make(hand(100.0, 200.0), hand(0.1, 0.2)),
    "rewards.MasterChef": lambda make, hand: make(100, hand.list(_rewards().ChefPool(1, 0))),
    "rewards.RebasingToken": lambda make, hand: make(hand(10.0, 20.0), hand(1.0, 2.0), hand(100.0, 200.0)),
    "rewards.RewardFarm": lambda make, hand: make(hand(10.0, 20.0), hand(1.0, 2.0)),
    "rewards.StakingRewards": lambda make, hand: make(users=hand.dict(alice=_rewards().Staker(5))),
    "rewards.StepEmission": lambda make, hand: make(hand(100.0, 200.0), 0.5, 0.1),
    "rewards.Vesting": lambda make, hand: make(hand(0.5, 1.0), 0.1, 4.0),
    "rewards.VestingWallet": lambda make, hand: make(0, 100),
    "compute.Accelerator": lambda make, hand: make(hand(1e12, 2e12), hand(1e15, 2e15), hand(8e10, 8e10)),
    "compute.Device": lambda make, hand: make(hand(1000.0, 2000.0), 3.0, hand(0.3, 0.4)),
    "compute.LanguageModel": lambda make, hand: make(hand(7e9, 8e9)),
    "compute.Machine": lambda make, hand: make(hand(0.5, 0.6), hand(0.1, 0.2), hand(10.0, 20.0)),
    "compute.Nodes": lambda make, hand: make(hand(1.0, 2.0), hand(10.0, 20.0)),
    "compute.PeerNetwork": lambda make, hand: make(hand(1, 2, 3, 4), 2, np.random.default_rng(1)),
    "compute.ReedSolomon": lambda make, hand: make(2, 4),
    "compute.Samples": lambda make, hand: make(np.ones((2, 3)), hand(0, 1)),
    "compute.Share": lambda make, hand: make(1, 5),
    "compute.Tasks": lambda make, hand: make(hand(1.0, 2.0), hand(0.5, 0.5)),
    "compute.TokenEconomy": lambda make, hand: make(hand(1e9, 2e9), 1000.0, 1e6, 1.0, hand(100.0, 200.0)),
    "simulation.CorrelatedBrownian": lambda make, hand: make(hand(1.0, 2.0), hand(0.5, 0.6), np.eye(2)),
    "simulation.GeometricBrownian": lambda make, hand: make(hand(1.0, 2.0), hand(0.5, 0.6), hand(0.0, 0.1)),
    "simulation.JumpDiffusion": lambda make, hand: make(hand(1.0, 2.0), hand(0.5, 0.6), 3.0),
    "simulation.MeanReverting": lambda make, hand: make(hand(1.0, 2.0), hand(1.0, 1.0), hand(2.0, 3.0), 0.5),
    "simulation.PriceSeries": lambda make, hand: make(hand(0.0, 1.0), hand(10.0, 11.0), dropped=hand.dict(late=1)),
    "simulation.Replay": lambda make, hand: make(hand(10.0, 11.0), hand(0.0, 1.0)),
    "simulation.Sweep": lambda make, hand: make({"fee": (0.1, 0.2)}, (1.0, 2.0)),
    "risk.CoinRisks": lambda make, hand: make(),
    "risk.FraxPool": lambda make, hand: make(users=hand.dict(ann=_risk().FraxUser(5))),
    "risk.FraxPrices": lambda make, hand: make(5, 5, 5),
    "risk.FraxRules": lambda make, hand: make(),
    "risk.FraxUser": lambda make, hand: make(5),
    "risk.CapitalRequirement": lambda make, hand: make(9, 100, 48, 90, 80, 70, 5),
    "risk.CoverProduct": lambda make, hand: make(9, 260, 300, 5, 1_000, 10),
    "risk.LaunchedToken": lambda make, hand: make(_pool(), hand(5.0, 6.0), hand(1.0, 2.0)),
    "risk.Mutual": lambda make, hand: make(10**20, 10**20, 10**20),
    "risk.PegModule": lambda make, hand: make(users=hand.dict(ann=(5, 5))),
    "risk.ReserveCoin": lambda make, hand: make(
        hand(10.0, 20.0), hand(5.0, 20.0), hand(5.0, 0.0), frozen=hand.dict(eve=hand(1.0, 2.0))
    ),
    "risk.Wallet": lambda make, hand: make(5, 5),
    "governance.Guild": lambda make, hand: make(hand.dict(alice=5, bob=5), hand.dict(DAI=100)),
    "governance.OptimisticGovernor": lambda make, hand: make(_voting_token(hand), hand.list("team"), 50, 10),
    "governance.QuadraticVoting": lambda make, hand: make(hand.list("alice"), hand.list("park"), 100, 10, 0, 9),
    "governance.GaugeController": lambda make, hand: make(hand.list(10**18, 10**18)),
    "governance.LiquidityGauge": lambda make, hand: make("gauge", 0),
}


def _voting_token(hand: Hand) -> Any:
    return importlib.import_module("defi_lib.governance").VotingToken(hand.dict(alice=5), 1)


def _risk() -> Any:
    return importlib.import_module("defi_lib.risk")


def _pool() -> Any:
    return importlib.import_module("defi_lib.exchange").ConstantProductPool((10.0, 10.0))


def _rewards() -> Any:
    return importlib.import_module("defi_lib.rewards")


def _tree(make: Any, hand: Hand) -> Any:
    staking = importlib.import_module("defi_lib.staking")
    return make(staking.Block("", 0, 0, 1, "miner", (), 0), hand.dict(alice=5))


def public_classes() -> Iterator[tuple[str, type]]:
    """Every public class with its package and name, such as ``"exchange.Swap"``."""
    for module in pkgutil.iter_modules(defi_lib.__path__):
        if module.name in NOT_SEARCHED:
            continue
        package = importlib.import_module(f"defi_lib.{module.name}")
        for name in getattr(package, "__all__", dir(package)):
            found = getattr(package, name)
            if inspect.isclass(found) and found.__module__.startswith("defi_lib") and not name.startswith("_"):
                yield f"{module.name}.{name}", found


def is_protocol(kind: type) -> bool:
    """Whether it only says what others can do."""
    return getattr(kind, "_is_protocol", False)


def is_record(kind: type) -> bool:
    """Whether it is a plain ``NamedTuple``, which takes what it is given."""
    return (
        issubclass(kind, tuple) and inspect.signature(kind).parameters.keys() == set(kind._fields) and not checks(kind)
    )


def checks(kind: type) -> bool:
    """Whether a class looks at what it is given."""
    plain = next(base for base in kind.__mro__ if "_fields" in vars(base))
    return any("__new__" in vars(base) for base in kind.__mro__[: kind.__mro__.index(plain)])


def example(name: str, kind: type, hand: Hand | None = None) -> Any:
    """A state as ``STATES`` says, or a record filled by the types of its fields."""
    hand = hand or Hand()
    if name in STATES:
        return STATES[name](kind, hand)
    if is_record(kind):
        return record(kind)
    try:
        return kind(*_arguments(kind, hand))
    except Exception:
        raise LookupError(
            f"{name} is a public state that tests/support/states.py cannot make: add an entry to STATES there, "
            f"such as '{name}': lambda make, hand: make(hand(1.0, 2.0)), which hands over arrays by hand(...)"
        ) from None


def _arguments(kind: type, hand: Hand) -> list[Any]:
    """What a constructor asks for and gives no default, as its types say: an amount is an array of two below 1."""
    asked = inspect.signature(kind).parameters.values()
    needed = [str(parameter.annotation) for parameter in asked if parameter.default is inspect.Parameter.empty]
    names = {**vars(typing), **vars(importlib.import_module(kind.__module__))}
    plain = {"Amount": hand(0.5, 0.6), "str": "alice", "int": 1, "float": 0.5}
    return [plain[text] if text in plain else example_of(names[text]) for text in needed]


def record(kind: Any, depth: int = 0) -> Any:
    """A record with a value of the right type in every field."""
    module = importlib.import_module(kind.__module__)
    names = {**vars(typing), "Hashable": Hashable, "Mapping": Mapping, "Sequence": Sequence, **vars(module)}
    return kind(*(_value(field, kind, names, depth) for field in kind._fields))


def _value(field: str, kind: Any, names: dict[str, Any], depth: int) -> Any:
    annotation = next(vars(base)["__annotations__"][field] for base in kind.__mro__ if field in _annotations(base))
    text = annotation.__forward_arg__ if isinstance(annotation, typing.ForwardRef) else str(annotation)
    first = text.partition(" | ")[0]
    if first.startswith("tuple[") or first == "Pair":
        return (1.0, 2.0)
    if first.startswith(("Mapping[", "dict[")):
        return defi_lib.frozen.FrozenDict({"alice": 1})
    if first.startswith(("NDArray", "np.ndarray", "Amount", "Any", "bool")):
        return np.array([1.0, 2.0])
    plain = {"int": 1, "float": 1.0, "str": "alice", "bytes": b"x", "Whole": 1, "Growth": 0, "Hashable": "alice"}
    if first in plain:
        return plain[first]
    inner = names.get(first)
    if inspect.isclass(inner) and hasattr(inner, "_fields") and is_record(inner) and depth < 2:
        return record(inner, depth + 1)
    return example_of(inner)


def _annotations(base: type) -> Mapping[str, Any]:
    return vars(base).get("__annotations__", {})


def example_of(kind: Any) -> Any:
    """The example of a class that is the type of a field, or a plain value where it is none of ours."""
    for name, found in public_classes():
        if found is kind and not is_protocol(found) and name not in NO_STATES and not is_record(found):
            return example(name, found)
    return "plain"


def same_value(first: Any, second: Any) -> bool:
    """Whether two values are equal in all their parts, arrays and kinds included."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        if first.dtype == object:
            return first.shape == second.shape and all(map(same_value, first.flat, second.flat))
        return first.dtype == second.dtype and np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    if isinstance(first, (tuple, list)):
        return len(first) == len(second) and all(map(same_value, first, second))
    if isinstance(first, Mapping):
        return list(first) == list(second) and all(same_value(first[key], second[key]) for key in first)
    if dataclasses.is_dataclass(first):
        return all(same_value(getattr(first, f.name), getattr(second, f.name)) for f in dataclasses.fields(first))
    if type(first).__eq__ is object.__eq__ and hasattr(first, "__dict__"):
        return same_value(vars(first), vars(second))
    return bool(first == second)


def arrays_in(value: Any) -> Iterator[np.ndarray]:
    """Every array that a value holds."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list)):
        for entry in value:
            yield from arrays_in(entry)
    elif isinstance(value, Mapping):
        yield from arrays_in(list(value.values()))
    elif dataclasses.is_dataclass(value):
        yield from arrays_in([getattr(value, field.name) for field in dataclasses.fields(value)])


def returned(state: Any) -> dict[str, Any]:
    """A function for a sweep: what came in, and went out again."""
    return {"state": state}
