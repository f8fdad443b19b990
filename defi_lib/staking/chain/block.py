"""Transactions and blocks: signed orders, bundled under a hash that costs work to find."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from defi_lib.staking.chain.keys import KeyPair, address_of, is_signed
from defi_lib.staking.chain.merkle import merkle_root
from defi_lib.validation import at_least

#: How many different hashes there are.
HASHES = 2**256


class Transaction(NamedTuple):
    """A signed order to move coins."""

    sender: bytes  #: public key of the payer
    recipient: str  #: account of the payee
    amount: int  #: smallest units, to the recipient
    fee: int  #: smallest units, to the miner of the block
    number: int  #: how many transfers the sender made before; so no order can be executed twice
    signature: bytes = b""

    @property
    def payer(self) -> str:
        """Account of the sender."""
        return address_of(self.sender)

    @property
    def message(self) -> bytes:
        """What is signed: every field but the signature."""
        return f"{self.sender.hex()} {self.recipient} {self.amount} {self.fee} {self.number}".encode()

    @property
    def is_signed(self) -> bool:
        """Whether the holder of the sender's private key signed exactly this."""
        return is_signed(self.sender, self.message, self.signature)


class Block(NamedTuple):
    """A bundle of transfers that names its parent by hash, so that no earlier block can be changed unnoticed."""

    parent: str  #: hash of the block before; 64 zeros for the first
    height: int  #: number of blocks before
    time: int  #: seconds
    difficulty: int  #: tries a miner needs on average
    miner: str  #: account that receives subsidy and fees
    transfers: tuple[Transaction, ...]
    root: str  #: Merkle root of the transfers
    nonce: int = 0  #: what the miner searched for

    @property
    def header(self) -> bytes:
        """What is hashed: the transfers enter only through their root."""
        return _header(self) + self.nonce.to_bytes(8, "big")

    @property
    def hash(self) -> str:
        """``sha256(header)``, 64 hexadecimal digits."""
        return sha256(self.header).hexdigest()

    @property
    def has_work(self) -> bool:
        """Whether the hash, read as a number, is below ``2²⁵⁶ / difficulty``."""
        return int(self.hash, 16) * self.difficulty < HASHES


class Tampering(NamedTuple):
    """The first block of a list at which something does not fit."""

    height: int
    reason: str


def sign_transaction(payer: KeyPair, recipient: str, amount: int, fee: int = 0, number: int = 0) -> Transaction:
    """An order signed by ``payer`` to pay ``amount`` (smallest units) to ``recipient``.

    Args:
        payer: key pair of the account that pays.
        recipient: account that receives.
        amount: smallest units, >= 0.
        fee: smallest units, >= 0, to the miner.
        number: how many transfers the payer made before, >= 0.

    Raises:
        ValueError: an amount, fee or number that is no integer >= 0.
    """
    amount, fee, number = at_least("amount", amount, 0), at_least("fee", fee, 0), at_least("number", number, 0)
    order = Transaction(payer.public, recipient, amount, fee, number)
    return order._replace(signature=payer.sign(order.message))


def draft_block(
    parent: Block | None, transfers: Sequence[Transaction], miner: str, time: int, difficulty: int
) -> Block:
    """A block on top of ``parent`` (``None``: the first one) for which the work is still to be done.

    Raises:
        ValueError: a time before the parent's, or a difficulty that is no integer >= 1.
    """
    time = at_least("time", time, 0 if parent is None else parent.time)
    difficulty = at_least("difficulty", difficulty, 1)
    hash_before, height = ("0" * 64, 0) if parent is None else (parent.hash, parent.height + 1)
    return Block(hash_before, height, time, difficulty, miner, tuple(transfers), transfers_root(transfers))


def mine(block: Block, attempts: int = 1_000_000, start: int = 0) -> Block:
    """The block with the first nonce >= ``start`` that gives it a hash low enough.

    Raises:
        ValueError: no such nonce within ``attempts`` (>= 1) tries.
    """
    target = -(-HASHES // block.difficulty)
    start, attempts = at_least("start", start, 0), at_least("attempts", attempts, 1)
    prefix = sha256(_header(block))
    for nonce in range(start, start + attempts):
        # The long beginning of the header is hashed only once.
        trial = prefix.copy()
        trial.update(nonce.to_bytes(8, "big"))
        if int.from_bytes(trial.digest(), "big") < target:
            return block._replace(nonce=nonce)
    raise ValueError(f"attempts = {attempts} were not enough: difficulty {block.difficulty} needs that many on average")


def transfers_root(transfers: Sequence[Transaction]) -> str:
    """Merkle root of transfers, as 64 hexadecimal digits."""
    return merkle_root([transaction_leaf(transfer) for transfer in transfers]).hex()


def transaction_leaf(transfer: Transaction) -> bytes:
    """A transfer as a leaf of the Merkle tree: message and signature."""
    return transfer.message + b" " + transfer.signature.hex().encode()


def find_tampering(blocks: Sequence[Block]) -> Tampering | None:
    """The first block that cannot be genuine, with the reason; ``None`` if all fit together.

    Checks links, Merkle roots, work and signatures. Whether payers could afford what they signed needs their
    balances: see :class:`BlockTree`.
    """
    parent: Block | None = None
    for block in blocks:
        reason = block_defect(block) or (link_defect(block, parent) if parent else None)
        if reason:
            return Tampering(block.height, reason)
        parent = block
    return None


def block_defect(block: Block) -> str | None:
    """What is wrong with a block taken by itself, in words."""
    if block.difficulty < 1:
        return f"the difficulty is {block.difficulty}, which is less than 1"
    if block.root != transfers_root(block.transfers):
        return "the transfers are not those of the Merkle root"
    if not block.has_work:
        return "the hash is not below the target"
    for position, transfer in enumerate(block.transfers):
        if not transfer.is_signed:
            return f"transfer {position} is not signed by its sender"
    return None


def link_defect(block: Block, parent: Block) -> str | None:
    """Why a block does not continue ``parent``, in words."""
    if block.parent != parent.hash:
        return "the block before has another hash"
    if block.height != parent.height + 1:
        return f"the height is {block.height} after {parent.height}"
    if block.time < parent.time:
        return "the time runs backwards"
    return None


def _header(block: Block) -> bytes:
    fields = (block.parent, block.height, block.time, block.difficulty, block.miner, block.root)
    return " ".join(map(str, fields)).encode() + b" "
