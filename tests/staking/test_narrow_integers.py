"""The same results where a default integer of numpy has 32 bits (WebAssembly)."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from defi_lib import rewards as rw
from defi_lib import staking as st
from tests.support.narrow_integers import cells, narrow, narrow_numpy, vague_integers

ROOT = Path(__file__).resolve().parents[2]

CALLS = {
    "subsidy": lambda np: st.block_subsidy(420_000),
    "subsidies": lambda np: st.block_subsidy([0, 420_000, 10**9]),
    "supply": lambda np: st.bitcoin_supply(10**7),
    "supplies": lambda np: st.bitcoin_supply([1, 10**7]),
    "base reward": lambda np: st.base_reward(32_000_000),
    "base rewards": lambda np: st.base_reward([1, 10**9]),
    "issuance": lambda np: st.epoch_issuance([1, 32_000_000]),
    "staking return": lambda np: st.annual_return(32_000_000),
    "yearly issuance": lambda np: st.annual_issuance([32_000_000, 10**9]),
    "effective balance": lambda np: st.next_effective_balance([33_250_000_001, 32 * 10**9], 32 * 10**9),
    "validators": lambda np: st.simulate_validators([32 * 10**9, 40 * 10**9], 36_000_000, 600),
    "stake for a return": lambda np: st.stake_for_return(0.03),
    "base fee": lambda np: st.next_base_fee(10**9, 30_000_000, 30_000_000),
    "base fees": lambda np: st.next_base_fee([10**9, 7], 30_000_000, [30_000_000, 2**30]),
    "block": lambda np: st.fill_block([10**9, 2 * 10**9], 10**6, 2**30, 10**9, 2**31 - 1),
    "market": lambda np: st.simulate_fee_market([[2 * 10**9] * 5] * 40, 1, 2**30, 10**9, 2**31 - 1),
    "blob fee": lambda np: st.blob_base_fee([50_000_000, 150_000_000]),
    "exponential": lambda np: st.fake_exponential(1, [50_000_000], 2_225_652),
    "excess": lambda np: st.next_excess_blob_gas([2**31 - 1, 0], 9),
    "stakes": lambda np: st.simulate_stakes(
        [9.0, 1.0], 1.0, 20, 5, np.random.default_rng(1), minimum=2.0, pool_fee=0.1
    ),
    "urn": lambda np: st.polya_limit([9.0, 1.0], 1.0, 50, 5, np.random.default_rng(1)),
    "yard sale": lambda np: st.simulate_yard_sale([1.0] * 9, 0.1, 20, np.random.default_rng(1)),
    "custody": lambda np: st.custody_risk([0.1] * 5, 0.2, 3),
    "mining": lambda np: st.mining_day(st.Miners([3, 2, 1], [1, 2, 3], 1), [10**10, 0]),
    "harvests": lambda np: rw.compounded_value(100.0, 0.1, [1, 3 * 10**9], 1e-12),
    "farms": lambda np: rw.farm_outcomes(
        np.ones((4, 3)), emission_yield=1.0, failure_rate=9.0, rng=np.random.default_rng(1)
    ),
    "airdrop": lambda np: rw.airdrop([3 * 10**9, 2**31 - 1, 2**31 - 1], 1e6),
    "allocation": lambda np: rw.Vesting(12, 0, 36, 1).vested(np.arange(50)),
}


@pytest.mark.parametrize("name", CALLS)
def test_whole_numbers_do_not_wrap(name, monkeypatch):
    want = CALLS[name](np)
    narrow(monkeypatch)
    got = CALLS[name](np)
    np.testing.assert_equal(got, want)


def test_the_narrow_numpy_is_narrow():
    assert narrow_numpy.array([1]).dtype == narrow_numpy.arange(3).dtype == np.int32
    assert narrow_numpy.asarray(5).dtype == narrow_numpy.sum([True]).dtype == np.int32
    assert narrow_numpy.arange(3, dtype=np.int64).dtype == narrow_numpy.array([2**40]).dtype == np.int64
    assert narrow_numpy.sum(np.ones(2, dtype=np.int64)).dtype == np.int64
    assert narrow_numpy.maximum.accumulate([1, 2]).dtype == np.int32
    with np.errstate(over="ignore"):
        assert (narrow_numpy.asarray(3) * 10**9)[()] != 3 * 10**9
    assert vague_integers("x.astype(int)\nnp.zeros(3, dtype=int)\ny.astype(np.int64)") == [
        "x.astype(int)",
        "np.zeros(3, dtype=int)",
    ]


def shipped_lines(path):
    """The lines that the shipped notebook shows its cells to have printed, with numpy as it is."""
    outputs = [each for cell in nbformat.read(path, 4).cells for each in cell.get("outputs", ())]
    return [line for each in outputs if each.output_type == "stream" for line in each.text.splitlines()]


@pytest.mark.parametrize("path", sorted((ROOT / "course" / "3_staking").glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_lesson_runs_and_prints_the_same(path, monkeypatch, capsys):
    """Once the lesson on proof of stake printed a Gini coefficient of 0.773 instead of 0.482, without stopping."""
    names: dict[str, object] = {"display": print}
    for number, cell in enumerate(cells(path)):
        exec(compile(cell, f"{path.stem}, cell {number}", "exec"), names)
        names["np"] = narrow_numpy
        narrow(monkeypatch)
    printed = capsys.readouterr().out
    assert [line for line in shipped_lines(path) if line not in printed] == []
