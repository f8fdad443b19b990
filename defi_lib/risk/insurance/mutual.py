"""An insurance mutual in whole numbers, as the contracts of Nexus Mutual count: the price of its token."""

from __future__ import annotations

from typing import NamedTuple, Self

from defi_lib.integers import UINT256_MAX
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.validation import integer

ETHER = 10**18  #: wei in an ether, and smallest units in a token
WHOLE = 10**4  #: a ratio of 100 %, and basis points in a whole
PRICE_CONSTANT_A = 1028 * 10**13  #: wei: the price of a token of a mutual without capital
PRICE_CONSTANT_C = 5_800_000
LARGEST_PART = 500  #: basis points of the capital requirement that one purchase or sale may be worth
HIGHEST_RATIO = 40_000  #: the contract sells no token above 400 %


def mcr_ratio(pool_value: int, mcr: int) -> int:
    """Capital as a part of what is required, in whole 0.01 %: ``⌊10⁴·pool_value/mcr⌋``; 10,000 is 100 %.

    Args:
        pool_value: what the mutual owns (wei), >= 0.
        mcr: minimum capital requirement (wei), >= 1.

    Raises:
        ValueError: an argument outside its range.

    >>> mcr_ratio(130 * ETHER, 100 * ETHER)
    13000
    """
    pool_value, mcr = _amount("pool_value", pool_value), _amount("mcr", mcr, 1)
    return _fits("pool_value·10⁴", WHOLE * pool_value) // mcr


def token_price(pool_value: int, mcr: int) -> int:
    """Price of one token (wei): ``A + MCR/C·(capital/MCR)⁴``, with A = 0.01028 ether and C = 5,800,000.

    The ratio is cut to whole 0.01 % before the fourth power, so that the price moves in steps.

    Args:
        pool_value: what the mutual owns (wei), >= 0.
        mcr: minimum capital requirement (wei), >= 1.

    Raises:
        ValueError: an argument outside its range, or a number that the contract cannot hold either.

    Source: Nexus Mutual, Pool.sol (version 2.1.1, until November 2023).

    >>> token_price(162_425 * ETHER, 162_425 * ETHER)
    38284310344827586
    """
    pool_value, mcr = _amount("pool_value", pool_value), _amount("mcr", mcr, 1)
    power = _fits("mcr·ratio⁴", mcr * mcr_ratio(pool_value, mcr) ** 4)
    return power // PRICE_CONSTANT_C // WHOLE**4 + PRICE_CONSTANT_A


class TokenTrade(NamedTuple):
    """Tokens of a mutual, minted for ether or burned for it (smallest units)."""

    bought: bool  #: by the member, who otherwise sold
    eth: int  #: wei
    tokens: int

    def transfers(self, member: str = "member", mutual: str = "mutual", token: str = "NXM") -> tuple[Transfer, ...]:
        """Ether one way, tokens minted or burned the other; whole units."""
        eth, tokens = self.eth / ETHER, self.tokens / ETHER
        if self.bought:
            moves = (Transfer(member, mutual, eth, "ETH", "tokens"), Transfer(OUTSIDE, member, tokens, token, "tokens"))
        else:
            moves = (Transfer(mutual, member, eth, "ETH", "tokens"), Transfer(member, OUTSIDE, tokens, token, "tokens"))
        return actual(moves)


def buy_tokens(eth: int, pool_value: int, mcr: int) -> TokenTrade:
    """Pay ether in and get new tokens, at a price that rises with the capital.

    Without the constant A, tokens are ``C·MCR³/3·(1/V₀³ − 1/V₁³)``, floored after each factor; that gives an average
    price, to which A is added. Of a mutual with less than 10⁻¹² of its requirement a token costs A.

    Args:
        eth: paid in (wei), >= 1 and at most 5 % of ``mcr``.
        pool_value: what the mutual owns before (wei), >= 0.
        mcr: minimum capital requirement (wei), >= 1.

    Raises:
        ValueError: an argument outside its range, or so little ether that it buys nothing.

    This is the contract's formula; its ``buyNXM`` besides refuses above a ratio of 400 %: see :class:`Mutual`.

    >>> buy_tokens(ETHER, 162_425 * ETHER, 162_425 * ETHER).tokens
    26120125556258658535
    """
    pool_value, mcr = _amount("pool_value", pool_value), _amount("mcr", mcr, 1)
    eth = integer("eth", eth, 0, _largest(mcr))
    if pool_value == 0 or mcr // pool_value > 10**12:
        return TokenTrade(True, eth, ETHER * eth // PRICE_CONSTANT_A)
    without_a = _tokens_beyond(pool_value, mcr) - _tokens_beyond(pool_value + eth, mcr)
    if without_a <= 0:
        raise ValueError(f"eth = {eth} buys no smallest unit of a token: allowed is more")
    price = ETHER * eth // without_a + PRICE_CONSTANT_A
    return TokenTrade(True, eth, ETHER * eth // price)


def sell_tokens(tokens: int, pool_value: int, mcr: int) -> TokenTrade:
    """Give tokens back for ether: the lower of the price afterwards and 97.5 % of the average price.

    With p₀ the price now and p₁ the price once p₀ for each token has been taken out:
    ``tokens·min(⌊(p₀ + p₁)/2⌋·0.975, p₁)``.

    Args:
        tokens: smallest units, >= 0, worth at most 5 % of ``mcr``.
        pool_value: what the mutual owns before (wei), >= 0.
        mcr: minimum capital requirement (wei), >= 1.

    Raises:
        ValueError: an argument outside its range, or tokens worth more than the mutual has.

    This is the contract's formula; its ``sellNXM`` besides refuses to go below a ratio of 100 %: see :class:`Mutual`.

    >>> sell_tokens(ETHER, 211_152_500_000_000_000_000_000, 162_425 * ETHER).eth
    87994536924101218
    """
    tokens, pool_value, mcr = _amount("tokens", tokens), _amount("pool_value", pool_value), _amount("mcr", mcr, 1)
    before = token_price(pool_value, mcr)
    taken = tokens * before // ETHER
    if taken > pool_value:
        raise ValueError(f"tokens = {tokens} are worth {taken} wei: allowed is at most pool_value = {pool_value}")
    after = token_price(pool_value - taken, mcr)
    eth = min((before + after) // 2 * 975 // 1000, after) * tokens // ETHER
    return TokenTrade(False, integer("tokens·price", eth, 0, _largest(mcr)), tokens)


class MutualChange(NamedTuple):
    """What a step did to a mutual."""

    mutual: Mutual  #: after
    trade: TokenTrade

    @property
    def after(self) -> Mutual:
        """The mutual after the step."""
        return self.mutual

    def transfers(self, member: str = "member", mutual: str = "mutual", token: str = "NXM") -> tuple[Transfer, ...]:
        """Those of the trade."""
        return self.trade.transfers(member, mutual, token)


class _Mutual(NamedTuple):
    pool_value: int
    mcr: int
    supply: int


class Mutual(_Mutual):
    """A mutual that sells and takes back its token, with the limits of the whole contract (wei, smallest units).

    Args:
        pool_value: what it owns (wei), >= 0.
        mcr: minimum capital requirement (wei), >= 1.
        supply: tokens in circulation (smallest units), >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> mutual = Mutual(pool_value=110 * ETHER, mcr=100 * ETHER, supply=1_000 * ETHER)
    >>> grown = mutual.buy(2 * ETHER).after
    >>> grown.ratio, grown.supply > mutual.supply
    (11200, True)
    """

    __slots__ = ()

    def __new__(cls, pool_value: int, mcr: int, supply: int = 0) -> Self:
        """Check the arguments."""
        checked = _amount("pool_value", pool_value), _amount("mcr", mcr, 1), _amount("supply", supply)
        return super().__new__(cls, *checked)

    @property
    def ratio(self) -> int:
        """Capital as a part of the requirement; 10,000 is 100 %."""
        return mcr_ratio(self.pool_value, self.mcr)

    @property
    def token_price(self) -> int:
        """Price of one token (wei)."""
        return token_price(self.pool_value, self.mcr)

    def buy(self, eth: int) -> MutualChange:
        """:func:`buy_tokens`, as long as the ratio is at most 400 %.

        Raises:
            ValueError: an amount that the formula refuses, or a ratio above 400 %.
        """
        integer("ratio", self.ratio, 0, HIGHEST_RATIO)
        trade = buy_tokens(eth, self.pool_value, self.mcr)
        return MutualChange(type(self)(self.pool_value + trade.eth, self.mcr, self.supply + trade.tokens), trade)

    def sell(self, tokens: int) -> MutualChange:
        """:func:`sell_tokens`, as long as the capital that is required stays.

        Raises:
            ValueError: more tokens than there are, an amount that the formula refuses, or a ratio below 100 %
                afterwards.
        """
        trade = sell_tokens(integer("tokens", tokens, 0, self.supply), self.pool_value, self.mcr)
        left = self.pool_value - trade.eth
        if left < self.mcr:
            raise ValueError(f"pool_value = {left} after the sale is below mcr = {self.mcr}: allowed is at least that")
        return MutualChange(type(self)(left, self.mcr, self.supply - trade.tokens), trade)


def _amount(name: str, value: int, low: int = 0) -> int:
    return integer(name, value, low, UINT256_MAX)


def _fits(name: str, value: int) -> int:
    """A product that the contract, too, must hold in 256 bits."""
    return integer(name, value, 0, UINT256_MAX)


def _largest(mcr: int) -> int:
    return mcr * LARGEST_PART // WHOLE


def _tokens_beyond(value: int, mcr: int) -> int:
    """Tokens (without A) that capital from ``value`` to infinity would buy: ``C·MCR³/(3·V³)``."""
    tokens = PRICE_CONSTANT_C * ETHER // 3
    for _ in range(3):
        tokens = _fits("C·mcr³/(3·pool_value³)", tokens * mcr) // value
    return tokens
