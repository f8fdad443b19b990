import pytest

from defi_lib.staking import (
    draft_block,
    find_tampering,
    is_included,
    key_pair_from_phrase,
    merkle_proof,
    mine,
    sign_transaction,
    transaction_leaf,
)

ALICE, BOB, CAROL = map(key_pair_from_phrase, ("alice", "bob", "carol"))


@pytest.fixture(scope="module")
def blocks():
    first = mine(draft_block(None, [], "miner", 0, 50))
    transfers = [sign_transaction(ALICE, BOB.address, 30, 1, number) for number in range(3)]
    second = mine(draft_block(first, transfers, "miner", 600, 50))
    third = mine(draft_block(second, [sign_transaction(BOB, CAROL.address, 5)], "miner", 1200, 50))
    return [first, second, third]


def test_mined_blocks_fit_together(blocks):
    assert find_tampering(blocks) is None
    assert all(int(block.hash, 16) < 2**256 / 50 for block in blocks)
    assert [block.parent for block in blocks] == ["0" * 64, blocks[0].hash, blocks[1].hash]


def test_mining_finds_the_first_nonce(blocks):
    for block in blocks:
        assert not any(block._replace(nonce=nonce).has_work for nonce in range(block.nonce))
        assert mine(block, start=block.nonce + 1).nonce > block.nonce


def test_work_grows_with_difficulty():
    drafts = [draft_block(None, [], "miner", time, 1) for time in range(60)]
    tries = [sum(mine(draft._replace(difficulty=d)).nonce + 1 for draft in drafts) / 60 for d in (1, 10, 100)]
    assert tries[0] == 1
    assert 5 < tries[1] < 20
    assert 50 < tries[2] < 200


def test_raising_an_amount_breaks_the_root(blocks):
    transfers = (blocks[1].transfers[0]._replace(amount=3000), *blocks[1].transfers[1:])
    forged = [blocks[0], blocks[1]._replace(transfers=transfers), blocks[2]]
    assert find_tampering(forged) == (1, "the transfers are not those of the Merkle root")


def test_a_new_root_breaks_the_work_then_the_signature_then_the_link(blocks):
    transfers = (blocks[1].transfers[0]._replace(amount=3000), *blocks[1].transfers[1:])
    draft = draft_block(blocks[0], transfers, "miner", 600, 50)
    while draft.has_work:
        draft = draft._replace(nonce=draft.nonce + 1)
    assert find_tampering([blocks[0], draft]) == (1, "the hash is not below the target")
    assert find_tampering([blocks[0], mine(draft)]) == (1, "transfer 0 is not signed by its sender")
    honest = mine(draft_block(blocks[0], [], "miner", 600, 50))
    assert find_tampering([blocks[0], honest, blocks[2]]) == (2, "the block before has another hash")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"height": 7}, "the height is 7 after 1"),
        ({"time": 599}, "the time runs backwards"),
        ({"difficulty": 0}, "the difficulty is 0, which is less than 1"),
    ],
)
def test_other_forgeries(blocks, change, reason):
    forged = blocks[2]._replace(**change)
    forged = forged if forged.difficulty < 1 else mine(forged)
    assert find_tampering([*blocks[:2], forged]).reason == reason


def test_the_root_proves_a_transfer_without_the_other_transfers(blocks):
    leaves = [transaction_leaf(transfer) for transfer in blocks[1].transfers]
    assert is_included(leaves[2], merkle_proof(leaves, 2), bytes.fromhex(blocks[1].root))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1,), r"amount = -1 is outside the allowed range: an integer >= 0"),
        ((0.5,), r"amount = 0.5 is outside"),
        ((1, -1), r"fee = -1 is outside"),
        ((1, 0, -1), r"number = -1 is outside"),
    ],
)
def test_wrong_transfers(arguments, message):
    with pytest.raises(ValueError, match=message):
        sign_transaction(ALICE, BOB.address, *arguments)


def test_wrong_blocks(blocks):
    with pytest.raises(ValueError, match=r"time = 1199 is outside the allowed range: an integer >= 1200"):
        draft_block(blocks[2], [], "miner", 1199, 1)
    with pytest.raises(ValueError, match=r"difficulty = 0 is outside the allowed range: an integer >= 1"):
        draft_block(None, [], "miner", 0, 0)
    with pytest.raises(ValueError, match=r"attempts = 3 were not enough"):
        mine(draft_block(None, [], "miner", 0, 10**30), attempts=3)
