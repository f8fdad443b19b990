import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import is_included, merkle_proof, merkle_root

# The test tree of Certificate Transparency (RFC 6962): entries, and the root after each.
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [bytes.fromhex(entry) for entry in ENTRIES]


@pytest.mark.parametrize("count", range(9))
def test_published_roots(count):
    assert merkle_root(LEAVES[:count]).hex() == ROOTS[count]


def test_published_proof():
    assert [part.hex() for part in merkle_proof(LEAVES, 5).path] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("count", range(1, 34))
def test_every_leaf_is_proved_by_few_hashes_and_nothing_else_is(count):
    leaves = [bytes([number]) for number in range(count)]
    root = merkle_root(leaves)
    for position, leaf in enumerate(leaves):
        proof = merkle_proof(leaves, position)
        assert is_included(leaf, proof, root)
        assert len(proof.path) <= (count - 1).bit_length()
        assert not is_included(b"another", proof, root)
        assert not is_included(leaf, proof, merkle_root([*leaves, b"one more"]))
        assert not is_included(leaf, proof._replace(position=count), root)
        assert not is_included(leaf, proof._replace(path=(*proof.path, root)), root)
        assert not proof.path or not is_included(leaf, proof._replace(path=proof.path[:-1]), root)
        elsewhere = (position + 1) % count
        assert elsewhere == position or not is_included(leaf, proof._replace(position=elsewhere), root)


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=4), min_size=1, max_size=12), st.data())
def test_any_change_changes_the_root(leaves, data):
    position = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves]
    changed[position] = leaves[position] + b"!"
    assert merkle_root(changed) != merkle_root(leaves)
    assert merkle_root([*leaves, leaves[-1]]) != merkle_root(leaves)


def test_a_node_cannot_be_passed_off_as_a_leaf():
    left, right = merkle_root(LEAVES[:1]), merkle_root(LEAVES[1:2])
    assert merkle_root([left + right]) != merkle_root(LEAVES[:2])


@pytest.mark.parametrize("index", [-1, 8])
def test_no_such_leaf(index):
    with pytest.raises(ValueError, match=rf"index = {index} is outside the allowed range \[0, 8\)"):
        merkle_proof(LEAVES, index)
