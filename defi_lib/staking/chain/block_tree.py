"""Block tree: all valid blocks a node has seen, of which the branch with the most work is the truth for now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from defi_lib.frozen import FrozenDict
from defi_lib.staking.chain.block import Block, Transaction, block_defect, draft_block, link_defect, mine
from defi_lib.validation import at_least


class Accounts(NamedTuple):
    """Who has what after a block. Every account that is not listed has nothing."""

    balances: Mapping[str, int]  #: smallest units
    numbers: Mapping[str, int]  #: transfers made so far


class _Entry(NamedTuple):
    block: Block
    work: int  #: tries needed on average for this block and all before it
    accounts: Accounts


class BlockAdded(NamedTuple):
    """What happened when a node saw a new block."""

    before: BlockTree
    tree: BlockTree  #: the tree after
    block: Block
    abandoned: tuple[Block, ...]  #: blocks that were the truth and no longer are, oldest first
    adopted: tuple[Block, ...]  #: blocks that are the truth from now on, oldest first

    @property
    def after(self) -> BlockTree:
        """:attr:`tree`, by the name that every record has for what is left."""
        return self.tree

    @property
    def is_reorganisation(self) -> bool:
        """Whether blocks that counted before no longer do."""
        return bool(self.abandoned)

    @property
    def reversed_transfers(self) -> tuple[Transaction, ...]:
        """Transfers that had been confirmed and are no longer: each payee has lost the amount again."""
        adopted = {transfer for block in self.adopted for transfer in block.transfers}
        return tuple(t for block in self.abandoned for t in block.transfers if t not in adopted)


@dataclass(frozen=True)
class BlockTree:
    """The blocks known to a node, and the tip of the branch with the most work.

    Args:
        genesis: the first block; it needs no work.
        balances: what accounts own from the beginning (smallest units, each an integer >= 0).
        subsidy: new coins for the miner of each later block (smallest units, >= 0).

    Raises:
        ValueError: a negative balance or subsidy, or a first block with a height above 0.

    Miners choose the difficulty of a block here, and more of it counts as more work; on Bitcoin it is prescribed.

    Source: Nakamoto, *Bitcoin: A Peer-to-Peer Electronic Cash System* (2008). Bitcoin records unspent outputs
    instead of balances, and limits the size of a block; Ethereum records balances and numbers, as here.
    """

    genesis: Block
    balances: Mapping[str, int]
    subsidy: int = 0
    tip: str = ""
    _entries: FrozenDict[str, _Entry] = field(default_factory=FrozenDict, repr=False)

    def __post_init__(self) -> None:
        at_least("subsidy", self.subsidy, 0)
        if self.genesis.height != 0 or self.genesis.transfers:
            raise ValueError(f"genesis has height {self.genesis.height}: allowed is 0, without transfers")
        if not isinstance(self.balances, FrozenDict):
            object.__setattr__(self, "balances", FrozenDict(self.balances))
        for account, balance in self.balances.items() if not self.tip else ():
            at_least(f"balances[{account}]", balance, 0)
        if not self.tip:
            first = _Entry(self.genesis, 0, Accounts(self.balances, FrozenDict()))
            object.__setattr__(self, "tip", self.genesis.hash)
            object.__setattr__(self, "_entries", FrozenDict({self.tip: first}))

    @property
    def head(self) -> Block:
        """The last block of the branch with the most work."""
        return self._entries[self.tip].block

    @property
    def work(self) -> int:
        """Tries that the branch with the most work needed on average."""
        return self._entries[self.tip].work

    @property
    def accounts(self) -> Accounts:
        """Who has what, on the branch with the most work."""
        return self._entries[self.tip].accounts

    def balance(self, account: str) -> int:
        """What ``account`` has on the branch with the most work (smallest units)."""
        return self.accounts.balances.get(account, 0)

    def branch(self, tip: str | None = None) -> tuple[Block, ...]:
        """All blocks from the first to ``tip`` (a hash; by default the head).

        Raises:
            ValueError: a hash that no known block has.
        """
        blocks = [self._entry("tip", self.tip if tip is None else tip).block]
        while blocks[-1].height:
            blocks.append(self._entries[blocks[-1].parent].block)
        return tuple(reversed(blocks))

    def confirmations(self, transfer: Transaction) -> int:
        """Blocks of the branch with the most work that contain the transfer or follow it; 0 if it is not in there."""
        heights = [block.height for block in self.branch() if transfer in block.transfers]
        return self.head.height - heights[0] + 1 if heights else 0

    def add(self, block: Block) -> BlockAdded:
        """Take in a block: it becomes the head if its branch has more work than the present one.

        At equal work the branch seen first stays.

        Raises:
            ValueError: a block that is known already, has an unknown parent, or breaks a rule; it says which.
        """
        if block.hash in self._entries:
            raise ValueError(f"block {block.hash[:8]} is known already: allowed is a new one")
        parent = self._entry("block.parent", block.parent)
        defect = block_defect(block) or link_defect(block, parent.block)
        if defect:
            raise ValueError(f"block {block.hash[:8]} is not valid: {defect}")
        accounts = _execute(parent.accounts, block, self.subsidy)
        entry = _Entry(block, parent.work + block.difficulty, accounts)
        tip = block.hash if entry.work > self.work else self.tip
        tree = BlockTree(self.genesis, self.balances, self.subsidy, tip, self._entries | {block.hash: entry})
        return BlockAdded(self, tree, block, *tree._changed_since(self.tip))

    def extend(
        self, transfers: Sequence[Transaction], miner: str, time: int, difficulty: int = 1, parent: Block | None = None
    ) -> BlockAdded:
        """Mine a block with these transfers on ``parent`` (by default the head) and take it in.

        Raises:
            ValueError: as :meth:`add` and :func:`mine`.
        """
        draft = draft_block(parent or self.head, transfers, miner, time, difficulty)
        return self.add(mine(draft, attempts=100 * difficulty))

    def _changed_since(self, tip: str) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
        """The blocks that led to ``tip`` and no longer count, and those that count instead, back to the last common."""
        old, new = self._entries[tip].block, self.head
        abandoned, adopted = [], []
        while old != new:
            if old.height >= new.height:
                abandoned.append(old)
                old = self._entries[old.parent].block
            else:
                adopted.append(new)
                new = self._entries[new.parent].block
        return tuple(reversed(abandoned)), tuple(reversed(adopted))

    def _entry(self, name: str, block_hash: str) -> _Entry:
        if block_hash in self._entries:
            return self._entries[block_hash]
        raise ValueError(f"{name} = {block_hash[:8]!r} is unknown: allowed are the hashes of blocks of this tree")


def _execute(accounts: Accounts, block: Block, subsidy: int) -> Accounts:
    """Balances after a block: payers to payees, fees and new coins to the miner."""
    balances, numbers = dict(accounts.balances), dict(accounts.numbers)
    for position, transfer in enumerate(block.transfers):
        payer, spent = transfer.payer, transfer.amount + transfer.fee
        name = f"transfers[{position}]"
        at_least(f"{name}.amount", transfer.amount, 0)
        at_least(f"{name}.fee", transfer.fee, 0)
        if transfer.number != numbers.get(payer, 0):
            raise ValueError(f"{name}.number = {transfer.number} is not the next: allowed is {numbers.get(payer, 0)}")
        if spent > balances.get(payer, 0):
            raise ValueError(f"{name} spends {spent}: allowed is at most the balance {balances.get(payer, 0)}")
        numbers[payer] = transfer.number + 1
        balances[payer] = balances.get(payer, 0) - spent
        balances[transfer.recipient] = balances.get(transfer.recipient, 0) + transfer.amount
        balances[block.miner] = balances.get(block.miner, 0) + transfer.fee
    if subsidy:
        balances[block.miner] = balances.get(block.miner, 0) + subsidy
    return Accounts(FrozenDict(balances), FrozenDict(numbers))
