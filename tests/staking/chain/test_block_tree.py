import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from defi_lib.staking import BlockTree, draft_block, find_tampering, key_pair_from_phrase, mine, sign_transaction

ALICE, BOB, CAROL = PEOPLE = [key_pair_from_phrase(name) for name in ("alice", "bob", "carol")]
GENESIS = draft_block(None, [], "nobody", 0, 1)


def new_tree(subsidy=50):
    return BlockTree(GENESIS, {ALICE.address: 100}, subsidy)


def test_a_transfer_moves_amount_and_fee_and_the_miner_gets_the_subsidy():
    tree = new_tree().extend([sign_transaction(ALICE, BOB.address, 60, 3)], "miner", 10).tree
    assert [tree.balance(account) for account in (ALICE.address, BOB.address, "miner", "stranger")] == [37, 60, 53, 0]


def test_the_branch_with_more_work_wins_and_the_payment_is_gone():
    payment = sign_transaction(ALICE, BOB.address, 100)
    honest = new_tree().extend([payment], "miner", 10, difficulty=4)
    assert honest.tree.confirmations(payment) == 1
    later = honest.tree.extend([], "miner", 20, difficulty=4)
    assert later.tree.confirmations(payment) == 2

    back = sign_transaction(ALICE, CAROL.address, 100)
    secret = later.tree.extend([back], "attacker", 11, difficulty=8, parent=GENESIS)
    assert not secret.is_reorganisation  # at equal work the branch seen first stays
    assert secret.tree.balance(BOB.address) == 100

    end = secret.tree.extend([], "attacker", 21, difficulty=1, parent=secret.block)
    assert end.is_reorganisation
    assert end.abandoned == (honest.block, later.block)
    assert end.adopted == (secret.block, end.block)
    assert end.reversed_transfers == (payment,)
    assert end.tree.confirmations(payment) == 0
    assert (end.tree.balance(BOB.address), end.tree.balance(CAROL.address)) == (0, 100)
    assert end.tree.work == 9
    assert end.tree.balance("miner") == 0  # the honest miner worked for nothing


def test_more_work_counts_not_more_blocks():
    tree = new_tree().extend([], "one", 10, difficulty=20).tree
    block = GENESIS
    for time in range(1, 5):
        added = tree.extend([], "many", time, difficulty=4, parent=block)
        tree, block = added.tree, added.block
    assert tree.head.miner == "one"
    assert len(tree.branch(block.hash)) == 5


def test_a_transfer_in_both_branches_is_not_reversed():
    payment = sign_transaction(ALICE, BOB.address, 10)
    tree = new_tree().extend([payment], "miner", 10).tree
    end = tree.extend([payment], "other", 11, difficulty=5, parent=GENESIS)
    assert end.is_reorganisation
    assert end.reversed_transfers == ()


def test_old_trees_stay_as_they_were():
    before = new_tree()
    before.extend([sign_transaction(ALICE, BOB.address, 60)], "miner", 10)
    assert before.balance(BOB.address) == 0
    assert before.head == GENESIS


def test_refused_blocks():
    tree = new_tree()
    payment = sign_transaction(ALICE, BOB.address, 60)
    after = tree.extend([payment], "miner", 10).tree
    with pytest.raises(ValueError, match=r"transfers\[0\].number = 0 is not the next: allowed is 1"):
        after.extend([payment], "miner", 20)
    with pytest.raises(ValueError, match=r"transfers\[1\] spends 60: allowed is at most the balance 40"):
        tree.extend([payment, sign_transaction(ALICE, CAROL.address, 60, number=1)], "miner", 10)
    with pytest.raises(ValueError, match=r"not valid: transfer 0 is not signed"):
        tree.extend([payment._replace(recipient=CAROL.address)], "thief", 10)
    with pytest.raises(ValueError, match=r"block .* is known already"):
        after.add(after.head)
    with pytest.raises(ValueError, match=r"block.parent = '.*' is unknown"):
        tree.add(mine(draft_block(after.head, [], "miner", 30, 1)))
    with pytest.raises(ValueError, match=r"not valid: the time runs backwards"):
        after.add(mine(draft_block(after.head, [], "miner", 10, 1)._replace(time=9)))
    with pytest.raises(ValueError, match=r"tip = 'nonsense' is unknown"):
        tree.branch("nonsense")
    stolen = sign_transaction(ALICE, BOB.address, 0)._replace(amount=-5)
    stolen = stolen._replace(signature=ALICE.sign(stolen.message))
    with pytest.raises(ValueError, match=r"transfers\[0\].amount = -5 is outside"):
        tree.extend([stolen], "miner", 10)


def test_wrong_beginnings():
    with pytest.raises(ValueError, match=r"balances\[x\] = -1 is outside"):
        BlockTree(GENESIS, {"x": -1})
    with pytest.raises(ValueError, match=r"subsidy = -1 is outside"):
        BlockTree(GENESIS, {}, -1)
    with pytest.raises(ValueError, match=r"genesis has height 1: allowed is 0"):
        BlockTree(draft_block(GENESIS, [], "miner", 0, 1), {})


class Network(RuleBasedStateMachine):
    """Blocks on random parents: coins are never created or destroyed, and the most work wins."""

    def __init__(self):
        super().__init__()
        self.tree = new_tree(7)
        self.blocks = [GENESIS]

    @rule(parent=st.integers(0, 99), difficulty=st.integers(1, 4), payer=st.sampled_from(PEOPLE), data=st.data())
    def mine_block(self, parent, difficulty, payer, data):
        parent = self.blocks[parent % len(self.blocks)]
        accounts = self.tree._entries[parent.hash].accounts
        balance = accounts.balances.get(payer.address, 0)
        amount = data.draw(st.integers(0, balance))
        fee = data.draw(st.integers(0, balance - amount))
        payee = data.draw(st.sampled_from(PEOPLE)).address
        payment = sign_transaction(payer, payee, amount, fee, accounts.numbers.get(payer.address, 0))
        time = parent.time + len(self.blocks)
        added = self.tree.extend([payment], data.draw(st.sampled_from(PEOPLE)).address, time, difficulty, parent)
        self.tree = added.tree
        self.blocks.append(added.block)

    @invariant()
    def coins_are_conserved(self):
        assert sum(self.tree.accounts.balances.values()) == 100 + 7 * self.tree.head.height
        assert min(self.tree.accounts.balances.values()) >= 0

    @invariant()
    def most_work_is_the_head(self):
        assert self.tree.work == max(sum(b.difficulty for b in self.tree.branch(x.hash)[1:]) for x in self.blocks)
        assert find_tampering(self.tree.branch()) is None


TestNetwork = Network.TestCase
TestNetwork.settings = settings(max_examples=10, stateful_step_count=10, deadline=None)
