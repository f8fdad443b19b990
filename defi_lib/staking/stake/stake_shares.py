"""Shares of stake over time: the Pólya urn, in which nobody gains on average, and what breaks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.ledger.transfer import OUTSIDE, Transfer, by_name
from defi_lib.renamed import renamed
from defi_lib.rounding import TOLERANCE, below
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, one_number, positive, ratio


class ShareMoments(NamedTuple):
    """Mean and variance of a share of the stake."""

    mean: Amount
    variance: Amount


def share_moments(share: Amount, stake: Amount, reward: Amount, steps: Amount | None = None) -> ShareMoments:
    """Share of one staker after a number of blocks, if everybody restakes everything: a martingale.

    With ``A = n₀/R``: mean s, variance ``s(1 − s)/(A + 1)·n/(A + n)``; after infinitely many blocks the share is
    Beta(s·A, (1 − s)·A) and its variance ``s(1 − s)/(A + 1)``. The luck of the start stays for ever.

    Args:
        share: at the start, in [0, 1].
        stake: of all together at the start, n₀ tokens, > 0.
        reward: of a block, R tokens, > 0, to one staker drawn in proportion to stake.
        steps: number of blocks, >= 0; ``None`` is infinitely many.

    Raises:
        ValueError: an argument outside its range.

    Source: Roşu, Saleh, Management Science 67(2); Mahmoud, *Pólya Urn Models*.
    """
    share, stake, reward = between("share", share, 0.0, 1.0), positive("stake", stake), positive("reward", reward)
    rewards = 0.0 if steps is None else non_negative("steps", steps)
    broadcastable(share=share, stake=stake, reward=reward, steps=rewards)
    start = stake / reward
    progress = 1.0 if steps is None else rewards / (start + rewards)
    variance = share * (1 - share) / (start + 1) * progress
    return ShareMoments(share + 0.0 * variance, variance)


@renamed(random="rng")
def polya_urn(
    share: float,
    stake: float,
    reward: float,
    steps: int,
    runs: int,
    rng: np.random.Generator,
    at: Sequence[int] | None = None,
) -> NDArray[np.float64]:
    """Share of one staker, block by block, in many runs: each block goes to him with probability of his share.

    Args:
        share: at the start, in [0, 1].
        stake: of all together at the start, tokens, > 0.
        reward: of a block, tokens, > 0.
        steps: number of blocks, >= 0.
        runs: how many times, >= 1.
        rng: where the randomness comes from.
        at: after which blocks to record, increasing, from 0 to ``steps``; by default only after the last.

    Returns:
        array (records, runs) of shares.

    Raises:
        ValueError: an argument outside its range.

    Source: Eggenberger, Pólya (1923); Fanti et al., arXiv:1809.07468.
    """
    share = one_number("share", between("share", share, 0.0, 1.0))
    start = one_number("stake", positive("stake", stake)) / one_number("reward", positive("reward", reward))
    steps, runs = at_least("steps", steps, 0), at_least("runs", runs, 1)
    records = _records(at, steps)
    # Stake counted in rewards: one more for the winner. Every array of the loop is used again.
    own, drawn, wins = np.full(runs, share * start), np.empty(runs), np.empty(runs, dtype=bool)
    path = np.empty((len(records), runs))
    row = 0
    for step in range(steps + 1):
        if row < len(records) and records[row] == step:
            np.divide(own, start + step, out=path[row])
            row += 1
        if step < steps:
            rng.random(out=drawn)
            drawn *= start + step
            np.less(drawn, own, out=wins)
            own += wins
    return path


@renamed(random="rng")
def polya_limit(stakes: Amount, reward: float, steps: int, runs: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Shares of all stakers after ``steps`` blocks, in one draw: Dirichlet, then multinomial.

    The order of the winners does not matter in the urn, so (de Finetti) it is as if each run had drawn its shares
    once at the start, from Dirichlet(stake/reward), and then played all blocks with them. Exact, not an approximation.

    Args:
        stakes: of each staker at the start, tokens, > 0.
        reward: of a block, tokens, > 0.
        steps: number of blocks, >= 0.
        runs: how many times, >= 1.
        rng: where the randomness comes from.

    Returns:
        array (runs, stakers) of shares.

    Raises:
        ValueError: an argument outside its range, or stakes that are no list of at least two.
    """
    start = np.asarray(positive("stakes", stakes)) / one_number("reward", positive("reward", reward))
    if start.ndim != 1 or len(start) < 2:
        raise ValueError(f"stakes has shape {start.shape}: allowed is one stake for each of at least two stakers")
    steps, runs = at_least("steps", steps, 0), at_least("runs", runs, 1)
    chances = rng.dirichlet(start, runs)
    return (start + rng.multinomial(steps, chances)) / (np.sum(start) + steps)


class StakeRun(NamedTuple):
    """What happened to stakes: runs along the first axis, stakers along the last. Tokens, summed over all blocks."""

    stakes: NDArray[np.float64]  #: at the end
    rewards: NDArray[np.float64]  #: network → staker, before the pool's fee
    fees: NDArray[np.float64]  #: staker → operator of the pool
    operator_income: NDArray[np.float64]  #: the same fees, as received; a staker who is no operator has none
    costs: NDArray[np.float64]  #: staker → suppliers
    withdrawn: NDArray[np.float64]  #: staker → his own pocket

    @property
    def shares(self) -> NDArray[np.float64]:
        """Shares of all stake at the end; 0 where nothing is staked any more."""
        total = np.sum(self.stakes, axis=-1, keepdims=True)
        return np.divide(self.stakes, total, out=np.zeros_like(self.stakes), where=total > 0)

    def transfers(
        self,
        stakers: str | Sequence[str] = "stakers",
        operator: str = "operator",
        suppliers: str = "suppliers",
        asset: str = "token",
    ) -> tuple[Transfer, ...]:
        """What stakers received, paid to the operator of their pool, and paid for machines and power, in each run.

        What is withdrawn stays with the staker: it is no transfer.

        Args:
            stakers: one name for all, or a name for each staker; several may share one.
            operator: who receives the fees of the pool: somebody outside, or one of the names of stakers.
            suppliers: who is paid for what staking costs.
            asset: the token.

        Raises:
            ValueError: not one name per staker.
        """
        moves = []
        columns = [self.rewards, self.fees, self.costs]
        for name, (reward, fee, cost) in by_name("stakers", stakers, columns, isinstance(stakers, str)):
            moves.append(Transfer(OUTSIDE, name, reward, asset, "new coins"))
            if name != operator:  # a fee that the operator takes from himself is none
                moves.append(Transfer(name, operator, fee, asset, "fee"))
            moves.append(Transfer(name, suppliers, cost, asset, "cost"))
        return tuple(moves)


@renamed(random="rng")
def simulate_stakes(
    stakes: Amount,
    reward: float,
    steps: int,
    runs: int,
    rng: np.random.Generator,
    *,
    cost: Amount = 0.0,
    restaked: Amount = 1.0,
    minimum: float = 0.0,
    pool_fee: float = 0.0,
    operator: int | None = None,
) -> StakeRun:
    """The urn with everything that breaks it: costs, unequal restaking, minimum stake, and the fee of a pool.

    In each block one staker, drawn in proportion to stake, receives the reward. Whoever has less than ``minimum``
    stakes through a pool and leaves it ``pool_fee`` of his reward. Then each pays his cost out of his stake, as far
    as it goes. With the defaults it is the Pólya urn. When all stake is gone, no reward is paid.

    Args:
        stakes: of each staker at the start, tokens, >= 0.
        reward: of a block, tokens, >= 0.
        steps: number of blocks, >= 0.
        runs: how many times, >= 1.
        rng: where the randomness comes from.
        cost: of taking part, tokens per block, >= 0, one or one per staker.
        restaked: part of the reward that is staked again, in [0, 1], one or one per staker.
        minimum: stake needed to do without a pool, tokens, >= 0.
        pool_fee: part of a reward, in [0, 1).
        operator: the staker who runs the pool and restakes its fees, or ``None``: somebody outside.

    Raises:
        ValueError: an argument outside its range.

    Source: Roşu, Saleh, Management Science 67(2), for the urn; the rest is its negation, term by term.
    """
    start, cost, restaked = _staker_terms(stakes, cost, restaked)
    reward, minimum = (
        one_number("reward", non_negative("reward", reward)),
        one_number("minimum", non_negative("minimum", minimum)),
    )
    pool_fee, count = one_number("pool_fee", ratio("pool_fee", pool_fee)), len(start)
    steps, runs = at_least("steps", steps, 0), at_least("runs", runs, 1)
    if operator is not None:
        between("operator", at_least("operator", operator, 0), 0, count, high_open=True)
    stake, row = np.tile(start, (runs, 1)), np.arange(runs)
    rewards, fees, costs, withdrawn = (np.zeros((runs, count)) for _ in range(4))
    income, has_cost = np.zeros((runs, count)), bool(np.any(cost > 0))
    dust = TOLERANCE * np.maximum(start, cost)
    for _ in range(steps):
        cumulated = np.cumsum(stake, axis=-1)
        total = cumulated[:, -1]
        # The first staker whose cumulated stake exceeds the draw; a draw is always below the total.
        drawn = rng.random(runs) * total
        winner = np.minimum(np.sum(cumulated <= drawn[:, np.newaxis], axis=-1), count - 1)
        paid = np.where(total > 0, reward, 0.0)
        fee = np.where(below(stake[row, winner], minimum), pool_fee, 0.0) * paid if pool_fee else np.zeros(runs)
        kept = (paid - fee) * restaked[winner]
        rewards[row, winner] += paid
        fees[row, winner] += fee
        withdrawn[row, winner] += paid - fee - kept
        stake[row, winner] += kept
        if operator is not None:
            income[:, operator] += fee
            withdrawn[:, operator] += fee * (1 - restaked[operator])
            stake[:, operator] += fee * restaked[operator]
        if has_cost:
            # No rounding may be left over: it would win all rewards once everybody else has nothing.
            spent = np.where(stake - cost > dust, cost, stake)
            costs += spent
            stake -= spent
    return StakeRun(stake, rewards, fees, income, costs, withdrawn)


def _staker_terms(stakes: Amount, cost: Amount, restaked: Amount) -> tuple[NDArray[np.float64], ...]:
    start = np.atleast_1d(non_negative("stakes", stakes))
    if start.ndim != 1 or len(start) == 0:
        raise ValueError(f"stakes has shape {start.shape}: allowed is one stake for each of at least one staker")
    cost, restaked = non_negative("cost", cost), between("restaked", restaked, 0.0, 1.0)
    shape = broadcastable(stakes=start, cost=cost, restaked=restaked)
    if shape != start.shape:
        raise ValueError(f"cost and restaked have shape {shape}: allowed is one value, or one for each of {len(start)}")
    return start, np.broadcast_to(cost, shape), np.broadcast_to(restaked, shape)


def _records(at: Sequence[int] | None, steps: int) -> list[int]:
    records = [steps] if at is None else [at_least(f"at[{i}]", value, 0) for i, value in enumerate(at)]
    for before, after in zip([-1, *records], records, strict=False):
        if not before < after <= steps:
            raise ValueError(f"at has {after} after {before}: allowed are increasing numbers from 0 to {steps}")
    return records
