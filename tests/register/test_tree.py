"""The tree against RFC 6962's own vectors, a slow recursive tree, and pymerkle."""

from __future__ import annotations

import hashlib

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dingfen.register import tree

# Test vectors of RFC 6962's reference implementation: inputs, then the root after each of them.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def slow_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = max(2**power for power in range(64) if 2**power < len(leaves))
    return tree.node_hash(slow_root(leaves[:half]), slow_root(leaves[half:]))


def slow_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    half = max(2**power for power in range(64) if 2**power < len(leaves))
    if index < half:
        return [*slow_path(index, leaves[:half]), slow_root(leaves[half:])]
    return [*slow_path(index - half, leaves[half:]), slow_root(leaves[:half])]


def build(leaves: list[bytes]) -> tuple[tree.CompactRange, dict[tree.NodeId, bytes]]:
    edge, nodes = tree.CompactRange(), {}
    for index, leaf in enumerate(leaves):
        nodes[0, index] = leaf
        edge, completed = edge.append(leaf)
        nodes.update({(level, at): value for level, at, value in completed})
    return edge, nodes


def some_leaves(count: int) -> list[bytes]:
    return [tree.leaf_hash(b"%d" % number) for number in range(count)]


def test_it_gives_the_roots_of_the_rfc_vectors() -> None:
    edge = tree.CompactRange()
    assert edge.root() == hashlib.sha256().digest()
    for body, root in zip(INPUTS, ROOTS, strict=True):
        edge, _ = edge.append(tree.leaf_hash(body))
        assert edge.root().hex() == root


@given(st.integers(0, 200), st.integers(0, 200))
def test_root_at_any_size_equals_the_slow_tree(count: int, size: int) -> None:
    leaves = some_leaves(max(count, size))
    edge, nodes = build(leaves)
    assert edge.root() == slow_root(leaves) == tree.root_of(leaves)
    assert tree.root_at(size, nodes.__getitem__) == slow_root(leaves[:size])


@given(st.integers(1, 200).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_inclusion_proofs_equal_the_slow_ones_and_hold(pair: tuple[int, int]) -> None:
    index, size = pair
    leaves = some_leaves(size)
    edge, nodes = build(leaves)
    path = tree.inclusion_proof(index, size, nodes.__getitem__)
    assert path == slow_path(index, leaves)
    assert tree.verify_inclusion(index=index, size=size, leaf=leaves[index], path=path, root=edge.root())


@given(
    st.integers(1, 100).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))), st.data()
)
def test_an_altered_inclusion_proof_fails(pair: tuple[int, int], data: st.DataObject) -> None:
    index, size = pair
    leaves = some_leaves(size)
    edge, nodes = build(leaves)
    path = tree.inclusion_proof(index, size, nodes.__getitem__)
    root = edge.root()

    def holds(**changed: object) -> bool:
        facts = {"index": index, "size": size, "leaf": leaves[index], "path": path, "root": root}
        return tree.verify_inclusion(**{**facts, **changed})  # type: ignore[arg-type]

    assert not holds(leaf=tree.leaf_hash(b"other"))
    assert not holds(root=tree.leaf_hash(b"other"))
    assert not holds(path=[*path, root])
    assert not holds(index=size)
    assert not holds(index=-1)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not holds(path=[*path[:at], tree.leaf_hash(b"other"), *path[at + 1 :]])
        assert not holds(path=path[:-1])
        other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
        assert not holds(index=other)


@given(st.integers(1, 200).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new))), st.data())
def test_consistency_proofs_hold_and_altered_ones_fail(pair: tuple[int, int], data: st.DataObject) -> None:
    old, new = pair
    leaves = some_leaves(new)
    edge, nodes = build(leaves)
    facts = {
        "old": old,
        "old_root": slow_root(leaves[:old]),
        "new": new,
        "new_root": edge.root(),
        "path": tree.consistency_proof(old, new, nodes.__getitem__),
    }

    def holds(**changed: object) -> bool:
        return tree.verify_consistency(**{**facts, **changed})  # type: ignore[arg-type]

    path = facts["path"]
    assert isinstance(path, list)
    assert holds()
    assert not holds(old_root=tree.leaf_hash(b"other"))
    assert not holds(new_root=tree.leaf_hash(b"other"))
    assert not holds(path=[*path, path[0] if path else edge.root()])
    assert not holds(old=0)
    assert not holds(old=new + 1)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not holds(path=[*path[:at], tree.leaf_hash(b"other"), *path[at + 1 :]])
        assert not holds(path=path[:-1])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 70])
def test_it_agrees_with_pymerkle(size: int) -> None:
    bodies = [b"entry %d" % number for number in range(size)]
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for body in bodies:
        theirs.append_entry(body)
    edge, nodes = build([tree.leaf_hash(body) for body in bodies])
    assert edge.root() == theirs.get_root()
    for index in range(size):
        proof = theirs.prove_inclusion(index + 1)
        ours = tree.inclusion_proof(index, size, nodes.__getitem__)
        assert ours == [bytes.fromhex(one) for one in proof.serialize()["path"]][1:]


@given(st.integers(0, 300))
def test_the_edge_survives_storage(count: int) -> None:
    edge, _ = build(some_leaves(count))
    assert tree.CompactRange.from_bytes(edge.size, edge.to_bytes()) == edge


@pytest.mark.parametrize(("size", "length"), [(0, 32), (1, 0), (3, 32), (-1, 0), (4, 33)])
def test_an_edge_of_the_wrong_length_is_refused(size: int, length: int) -> None:
    with pytest.raises(ValueError, match="peaks"):
        tree.CompactRange.from_bytes(size, bytes(length))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 5)])
def test_no_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 1), (2, 1)])
def test_no_consistency_with_an_empty_or_longer_tree(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no beginning"):
        tree.consistency_spans(old, new)
