"""What every public record that can be booked promises: it conserves, in numbers, for one case as for many.

The classes are found by themselves: a new record with ``transfers`` says here how it comes about.
"""

import numpy as np
import pytest

from defi_lib import compute, economy, exchange, governance, lending, rewards, risk, staking
from defi_lib.ledger import Ledger, Transfer
from defi_lib.ledger.transfer import moments
from tests.support.states import is_protocol, public_classes

POOL = exchange.ConstantProductPool((1_000.0, 2e6))
DOLLARS = exchange.ConstantProductPool((100.0, 100.0))
DEVICE = compute.Device(1_600.0, 4.0, 0.35, 0.05)
FEW = np.array([0.3, 0.2, 0.9])


def a_market():
    curve = lending.SharedRates(lending.KinkedCurve(0.0, 0.04, 0.75, 0.8), 0.1)
    listings = {"ETH": lending.Listing(curve, 0.8, 0.825, 0.05), "USD": lending.Listing(curve)}
    market = lending.Market(listings, {"ETH": 2_000.0, "USD": 1.0})
    return market.supply("bob", "USD", 50_000.0).market.supply("ann", "ETH", 10.0).market


#: How a record comes about, from a number or an array between 1 and 2.
MADE = {
    "exchange.Swap": lambda x: POOL.swap_exact_in(10.0 * x),
    "exchange.Trade": lambda x: exchange.OrderBook.around(2_000.0, 0.01, 1e6, maker_fee=0.001).swap_exact_in(10.0 * x),
    "exchange.LiquidityChange": lambda x: POOL.add_liquidity((x, 2_000.0 * x)),
    "exchange.BalanceChange": lambda x: POOL.donate((x, 2.0 * x)),
    "exchange.ArbitrageRun": lambda x: exchange.arbitrage_along(POOL, [2_100.0 * x, 1_900.0 * x]),
    "exchange.Sandwich": lambda x: exchange.sandwich_attack(POOL, 40_000.0 * x, 0.01, 3.0, token_in=1, token_out=0),
    "exchange.BatchSettlement": lambda x: exchange.settle_batch(POOL, [10.0 * x, 5.0], [9_000.0 * x], margin=0.002),
    "exchange.OrderFlowAuction": lambda x: exchange.auction_order_flow(
        POOL, 40_000.0 * x, 2_000.0, bid=0.6, given_back=0.9, gas=3.0, token_in=1, token_out=0
    ),
    "exchange.BlockRun": lambda x: exchange.trade_blocks(
        POOL, [2_100.0 * x, 1_900.0 * x], [5_000.0, -9_000.0], gas=3.0, bid=0.6
    ),
    "lending.MarketChange": lambda x: a_market().borrow("ann", "USD", 5_000.0 * x),
    "lending.FlashLoan": lambda x: lending.flash_loan(1e6 * x, 3e6, gas=10.0),
    "lending.FuturesSettlement": lambda x: lending.settle_futures(
        lending.FuturesAccounts([10.0, 5.0, -8.0, -7.0, 0.0], 4_000.0, [4e3, 3e3, 3e3, 2e4, 1e7], 300.0),
        3_500.0 / x,
        0.02,
        0.01,
    ),
    "lending.DebtChange": lambda x: lending.DebtPosition(10.0, 5_000.0, 2_000.0).adjust(1.0 * x, 100.0 * x),
    "lending.DebtLiquidation": lambda x: lending.DebtPosition(10.0, 12_000.0 * x, 1_500.0).liquidate(),
    "lending.PoolChange": lambda x: lending.StabilityPool().deposit("ann", 100.0 * x),
    "lending.PoolLiquidation": lambda x: lending.StabilityPool().deposit("ann", 1_000.0).pool.liquidate(100.0 * x, 2.0),
    "lending.LossBorne": lambda x: lending.bear_loss(30.0 * x, 10.0, 0.25),
    "risk.BridgeChange": lambda x: risk.Bridge(5.0, 6.0).redeem(1.0 * x, snapshot=True),
    "risk.SpiralRun": lambda x: risk.spiral(
        2.0 * x,
        supply=9e9,
        leaving=0.9,
        days=3.0,
        base_pool=7e7,
        recovery_period=36,
        pool=5e8,
        value=1e10,
        token_supply=1e8,
        answer=2.0,
        reserve=1e9,
    ),
    "lending.SoftStep": lambda x: lending.SoftLiquidation.pledged(10.0 * x, 2_000.0, 4).arbitrage(1_960.0),
    "lending.SavingsChange": lambda x: lending.SavingsRate(0.05).deposit("ann", 100.0 * x),
    "lending.BankChange": lambda x: lending.Bank(10.0, 0.01, 0.05).deposit("ann", 5.0 * x),
    "economy.LoopRun": lambda x: economy.follow_fees(
        np.moveaxis(np.multiply.outer([2e6, 3e6], x), 0, -1), 1e4, 0.01, 1e6, 3
    ),
    "economy.VampireRun": lambda x: economy.vampire_attack([20.0 * x, 0.0 * x], 0.1, 1e5, 1e3, 0.005, 8e3),
    "governance.Attack": lambda x: governance.attack(
        5e7 * x, 0.05, 9e6, governance.Defences(delay=2.0, exit=0.1, veto=0.1)
    ),
    "governance.FeeSwitch": lambda x: governance.fee_switch(1e9 * x, 0.003, 1 / 6, 0.3),
    "governance.Payouts": lambda x: governance.compare_payouts(100.0 * x, 1e4, POOL),
    "governance.VotesGot": lambda x: governance.buy_votes(POOL, 10.0 * x, fall=0.5),
    "governance.Split": lambda x: governance.split_names(100.0 * x, 25, 1.0, 0.5),
    "risk.ClaimVote": lambda x: risk.judge_claim(9.0 * x, True, np.multiply.outer([3.0, 1.0], x), trust_lost=50.0),
    "economy.DepositLoop": lambda x: economy.loop_deposits(5.0 * x, 0.5 / x),
    "economy.Learning": lambda x: economy.learn_or_stay(1_000.0 * x, 20.0, 10.0, 0.03, 0.01, fee=0.005, way=8.0),
    "economy.RoadWalk": lambda x: economy.walk_road(200.0 * x, economy.coin_road(mistake=0.01 * x)),
    "risk.FailedBank": lambda x: risk.pay_depositors(np.multiply.outer([100.0, 700.0], x), 600.0 * x, 250.0),
    "risk.FundRun": lambda x: risk.run_fund(5.0 * x, 2.0, np.multiply.outer([1.0, 9.0, 1.0], x)),
    "risk.LeviedFund": lambda x: risk.run_levied_fund(np.multiply.outer([5.0, 1.0], x), 1_000.0, 10.0),
    "risk.ParametricPayout": lambda x: risk.pay_by_index(9.0 * x, 0.9 / x, 0.95, 20.0 * x),
    "risk.PegRun": lambda x: risk.hold_peg(
        np.multiply.outer([9.0, 8.0, -20.0], x), DOLLARS, gem=40.0, room=9.0, capital=9.0, tin=0.01, tout=0.01
    ),
    "risk.Weekend": lambda x: risk.shut_weekend(DOLLARS, 10.0 * x, 0.08, capital=2.0),
    "risk.CoinChange": lambda x: risk.ReserveCoin(100.0, 20.0, 80.0, 0.1).redeem("ann", 20.0 * x),
    "risk.ReserveIncome": lambda x: risk.divide_income(1e9 * x, 0.04, to_distributors=0.6, passed_on=0.5, costs=0.1),
    "risk.Run": lambda x: risk.run_on_reserve(0.2, 0.8, 0.4 * x, 0.1, "insured bank", insured=0.5),
    "risk.Pooling": lambda x: risk.offer_premium(0.05 * x, np.multiply.outer([0.01, 0.05, 0.3], x), 0.2),
    "risk.BountyOutcome": lambda x: risk.offer_bounty(2e6 * x, 1e7, 0.5, 1e6, 0.4),
    "risk.HostileUpgrade": lambda x: risk.hostile_upgrade(100.0 * x, 7.0, 2.0, watching=0.5),
    "risk.PromiseRun": lambda x: risk.run_promise(5.0 * x, 0.002 * x, 0.01, 0.1),
    "risk.Taken": lambda x: risk.pull_and_sell(POOL, 0.4 * x, 5.0 * x, 0.1, tokens=x),
    "rewards.BondSale": lambda x: rewards.BondDepository(100.0, 5.0, 1e6).deposit(10.0 * x),
    "rewards.BuyersRun": lambda x: rewards.buyers_in_turn(
        exchange.ConstantProductPool((100.0, 100.0), fee=0.0), np.multiply.outer([9.0, 5.0], x), leave=0.3, insiders=2.0
    ),
    "rewards.Rebase": lambda x: rewards.RebasingToken(10.0, 1.0, 100.0).rebase(0.01 * x),
    "rewards.FarmRun": lambda x: rewards.simulate_farm(
        np.multiply.outer([900.0, 800.0], x), POOL, 1e6, 0.05, fees=9.0, demand=300.0
    ),
    "rewards.TokenDivision": lambda x: rewards.divide_by_points(
        np.multiply.outer([[1.0, 0.0], [1.0, 3.0]], x), 100.0, diverted=0.1
    ),
    "rewards.LaunchGains": lambda x: rewards.launch_gains(
        np.multiply.outer([1.0, 0.6, 0.2], x), [0.0, 0.5, 1.0], 0.4, 0.2, sold=0.7, paid=0.05 * x
    ),
    "rewards.LiquiditySide": lambda x: (
        rewards.compare_liquidity(np.multiply.outer([1.0, 1.1, 0.9], x), 1e6, 5e4, reward=500.0).rented
    ),
    "staking.BlockSale": lambda x: staking.sell_block(np.moveaxis(np.multiply.outer([5.0, 7.0, 6.0], x), 0, -1)),
    "staking.OrderValue": lambda x: staking.divide_order_value(100.0 * x, 0.7, 0.1, 0.2, 0.8, 0.1),
    "staking.Fee": lambda x: staking.layer_1_fee(21_000 * x, 20e9, 5e9, 2_000.0),
    "compute.HostYear": lambda x: compute.host_year(DEVICE, 0.4, 0.5 * x, 0.2, 0.25),
    "compute.PlanChoice": lambda x: compute.choose_plan(3.0 * x, 1.0, 5.0, 0.1),
    "compute.Settlement": lambda x: compute.settle_by_invoice(10.0 * x, 2.0, 0.5, 0.03, 3.0, 30.0, 0.05, 0.01),
    "compute.Clearing": lambda x: compute.mcafee_auction(np.multiply.outer(x, FEW), [0.1, 0.25]),
    "compute.Award": lambda x: compute.reverse_auction(np.multiply.outer(x, FEW), 2.0, 2),
    "compute.HybridService": lambda x: compute.hybrid_service(1.5 * x, 1.0, 2, 1, 0.3, 2.0),
    "compute.StorageMonth": lambda x: compute.storage_month(80 / 29, 4.0 * x, 1.5, 0.5, 7.0, 2.0, 0.05, 2.0),
    "compute.DataSale": lambda x: compute.sell_data(exchange.BondingCurve(1e3, 1e3, 0.5), 200.0, 100.0 * x, True),
    "compute.BurnMint": lambda x: compute.burn_and_mint(1_000.0 * x, 2.0, 300.0, 0.9, 0.8),
    "compute.Payout": lambda x: compute.buy_back(1e6, 1e5, 1e4 * x),
    "economy.SmallLoan": lambda x: economy.lend_small(200.0 * x, 0.24, 0.06, 0.04, 30.0, 0.6),
    "economy.FollowedPayment": lambda x: economy.follow_payment(
        100.0 * x, economy.swap_takers(0.01, 0.2, 0.1, 0.9, 0.002, 0.1, 0.8, 0.003, 0.25)
    ),
    "economy.PersonalPrices": lambda x: economy.personal_prices(np.multiply.outer(x, [1.0, 2.0, 6.0]), 0.5),
    "economy.ProductYears": lambda x: economy.product_years(
        0.1 * x, 0.5, 2.0, 2.0, rebuild=0.1, head_start=0.25, made_up=0.5, faults=0.1
    ),
    "economy.InterfaceYear": lambda x: economy.interface_year(1e3 * x, 0.01, 0.02, 0.2, 5.0, 0.001),
    "economy.EntryChoices": lambda x: economy.choose_entry(
        np.multiply.outer([100.0, 300.0], x), 0.02, np.multiply.outer([0.05, 0.005], x)
    ),
    "economy.Industry": lambda x: economy.free_entry(
        economy.ServiceMarket(10.0 * x, cost=1.0, fraud=0.3),
        [economy.Licence(3.0, 0.1, prevented=0.5), economy.Licence(largest=0.5, places=2)],
    ),
    "compute.SpotCheckIncome": lambda x: compute.spot_check_income(100.0 * x, 0.3, 0.1, 2.0, 20.0, 1.0, 0.5),
}

#: Records of one case only.
SINGLE = {
    "governance.Awards": lambda: governance.award([[1.0, 3.0], [2.0, 2.0]], 100.0),
    "governance.Collusion": lambda: governance.collude(np.ones((1, 9)), 10.0, 10, 50.0, name_cost=0.5),
    "governance.Matching": lambda: governance.divide_pool([[1.0, 1.0, 0.0], [0.0, 2.0, 2.0]], 5.0),
    "governance.MatchingRound": lambda: governance.match_round([[3, 4], [5]], 10**18),
    "lending.Liquidation": lambda: lending.liquidate(
        np.full(3, 10.0), np.array([1e3, 1.2e4, 2e4]), 1_400.0, 0.825, 0.05, fee_share=0.1
    ),
    "lending.MarketLiquidation": lambda: (
        a_market().borrow("ann", "USD", 15_000.0).market.set_prices({"ETH": 1_700.0}).market
    ).liquidate("keeper", "ann", "ETH", "USD"),
    "lending.VaultChange": lambda: lending.ShareVault(10, {"alice": 5, "bob": 5}).deposit("carl", 7),
    "lending.MarketStep": lambda: lending.IsolatedMarket("ether").supply("ann", 7),
    "lending.VaultStep": lambda: lending.CuratedVault("bold", "Cy", {"ether": 5}).deposit(
        "ann", 7, {"ether": lending.IsolatedMarket("ether")}
    ),
    "lending.Redemption": lambda: lending.Troves([10.0, 9.0], [10_000.0, 9_500.0]).redeem(500.0, 2_000.0),
    "risk.Clearing": lambda: risk.clear(risk.Network([2.0, 1.0], [0], [1], [5.0], [1.0, 2.0]), 0.8),
    "risk.FireSale": lambda: risk.fire_sale(POOL, [100.0, 50.0], 0.0, [150_000.0, 60_000.0], 3.0, sale=50.0),
    "lending.TroveLiquidation": lambda: lending.Troves([10.0, 1.0], [10_000.0, 1_900.0]).liquidate(2_000.0, 500.0),
    "lending.PoolCascade": lambda: lending.pool_cascade(
        POOL, lending.sale_for_fall(POOL, 0.2), np.full(5, 20.0), np.linspace(2e4, 3.2e4, 5), 0.83, 0.05, 0.1
    ),
    "rewards.FarmChange": lambda: rewards.RewardFarm([10.0, 20.0]).distribute(6.0),
    "rewards.ChefChange": lambda: rewards.MasterChef(100, [rewards.ChefPool(1, 0)]).deposit("ann", 5, 0),
    "rewards.RewardsChange": lambda: rewards.StakingRewards().stake("ann", 5),
    "rewards.WalletChange": lambda: rewards.VestingWallet(0, 100).fund(1_000),
    "risk.CoinYear": lambda: risk.simulate_coin(
        risk.CoinRisks(runs=9.0, bank_failures=9.0, bank_recovery=0.5), 3, np.random.default_rng(1), 90
    ),
    "rewards.LaunchRun": lambda: rewards.simulate_launch(
        rewards.AllocationTable(1e6, [rewards.Allocation("team", 0.4), rewards.Allocation("sale", 0.6)]),
        exchange.ConstantProductPool((1e5, 1e5)),
        3,
        0.5,
        300.0,
    ),
    "risk.CoverPrice": lambda: risk.CoverProduct(0, 260, 260, 0, 10**7, 0).quote(10**6, 10**7),
    "risk.CoverSale": lambda: risk.CoverProduct(0, 260, 260, 0, 10**7, 0).buy_cover(10**6, 10**7),
    "risk.MutualChange": lambda: risk.Mutual(10**21, 10**21).buy(10**18),
    "risk.TokenTrade": lambda: risk.sell_tokens(10**18, 10**21, 10**21),
    "staking.MiningRun": lambda: staking.simulate_mining(
        staking.Miners([10.0, 30.0], [0.3, 0.05], 20.0), np.full(6, 10.0), machine_price=15.0, reinvested=0.5
    ),
    "staking.RestakingAttack": lambda: staking.RestakingNetwork([3.0, 2.0], [[1, 1], [1, 0]], [4.0, 4.0], 0.5).attack(),
    "staking.ValidatorRun": lambda: staking.simulate_validators([32 * 10**9, 40 * 10**9], 36_000_000, 500),
    "staking.StakeRun": lambda: staking.simulate_stakes(
        np.array([5.0, 95.0]), 1.0, 20, 9, np.random.default_rng(1), cost=0.01, pool_fee=0.1
    ),
    "compute.Assignment": lambda: compute.assign([[1.0, 2.0], [9.0, 1.5]], outside=3.0),
    "compute.Replan": lambda: compute.replan(
        compute.assign([[1.0, 2.0]], outside=3.0),
        [[1.0, 2.0, 0.1]],
        np.array([True, True, True]),
        "new plan",
        moving=0.5,
    ),
    "compute.Schedule": lambda: compute.schedule(
        compute.Tasks([1.0, 2.0]), compute.Nodes([1.0, 2.0], price=[0.5, 1.0])
    ),
    "compute.Dispute": lambda: compute.settle_dispute(
        4, lambda at: at + 1, lambda at: at, lambda at: -at if at > 2 else at, 7.0
    ),
    "compute.TokenRun": lambda: compute.simulate_token_economy(
        compute.TokenEconomy(1e6, 100.0, 1e5, 1e6, 50.0), rewards.StepEmission(1e4), 0.1
    ),
    "compute.Rewards": lambda: compute.divide_budget(100.0, [3.0, -1.0, 0.5]),
}

#: Records whose transfers are tried where they are made, in the tests of their module.
ELSEWHERE = {
    "governance.ApprovalChange",
    "governance.Decision",
    "governance.GaugeChange",
    "governance.GuildChange",
    "governance.LockChange",
    "governance.OptimisticDecision",
    "governance.QuadraticPayout",
    "governance.TokenMove",
    "lending.AuctionStart",
    "lending.Bid",
    "risk.MarketSwap",
    "lending.DutchRestart",
    "lending.DutchTake",
    "lending.ExactPoolChange",
    "lending.ExactPoolLiquidation",
    "lending.ExactRedemption",
    "lending.ExactTroveLiquidation",
    "lending.Settlement",
    "lending.TroveChange",
    "rewards.OlympusChange",
    "risk.FraxChange",
    "risk.PegModuleChange",
}

TRIED = {**{name: lambda make=make: make(1.5) for name, make in MADE.items()}, **SINGLE}


def books(record):
    return [transfer for moment in moments(record, {}) for transfer in moment.transfers]


def test_every_public_record_that_can_be_booked_is_tried():
    can = {
        name
        for name, kind in public_classes()
        if (hasattr(kind, "transfers") or hasattr(kind, "moments")) and not is_protocol(kind)
    }
    said = {*TRIED, *ELSEWHERE, "ledger.Ledger", "ledger.Moment", "staking.Block"}
    assert can - said == set(), "say in MADE or SINGLE how it comes about"
    assert said - can == set(), "there is no such record any more"


@pytest.mark.parametrize("name", TRIED)
def test_it_conserves_and_moves_numbers(name):
    record = TRIED[name]()
    moves = books(record)
    assert moves, "an example in which nothing moves tests nothing"
    for move in moves:
        assert type(move) is Transfer and move.payer != move.payee
        assert all(isinstance(text, str) and text for text in (move.payer, move.payee, move.asset, move.reason))
        assert np.all(np.isfinite(move.amount)) and np.all(np.greater_equal(move.amount, 0.0))
    assert any(np.any(np.greater(move.amount, 0.0)) for move in moves)
    ledger = Ledger(new_parties="by name")
    ledger.book(record)
    ledger.check_conserved()


@pytest.mark.parametrize("name", MADE)
def test_many_cases_are_each_case(name):
    xs = np.array([1.0, 1.3, 2.0])
    many = books(MADE[name](xs))
    for at, x in enumerate(xs.tolist()):
        alone = [move for move in books(MADE[name](x)) if move.amount]
        here = [move for move in many if np.broadcast_to(move.amount, xs.shape)[at]]
        assert [move[:2] + move[3:] for move in here] == [move[:2] + move[3:] for move in alone]
        for one, all_of_them in zip(alone, here, strict=True):
            amount = np.broadcast_to(all_of_them.amount, xs.shape)[at]
            assert amount == pytest.approx(one.amount, rel=1e-9)
