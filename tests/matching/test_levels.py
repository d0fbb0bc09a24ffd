"""Levels of names, firms and addresses: all reached, the same from both sides, never missed by a whole base."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from dingfen.matching import Features, Record, features
from dingfen.matching.score import COMPARISONS, Comparison, Parts

_FIRMS = (
    "杭州青禾科技有限公司|青禾科技|青禾|北京青禾科技有限公司|杭州青禾贸易有限公司|青河科技|清禾科技有限公司|"
    "衡川自动化设备有限公司|衡川自动|川衡自动化设备有限公司|川自动化设备有限公司|恒川自动化设备有限公司|"
    "远澜智行科技有限公司|近澜智行科技有限公司|澜远智行科技有限公司|澜智行科技有限公司|远澜智信科技有限公司|"
    "远澜智行贸易有限公司|福建环境公司|福建环境工程公司|海宁思诚行|海宁思诚|思诚海宁行|Green Crop Ltd|"
    "Green Crop Trading|Greencrop|Green Crops Ltd|Global Rice Mills|GRM|Qinhe|"
    "杭州衡川电器有限公司|杭州川衡电器有限公司"
)
FIRMS = _FIRMS.split("|")
_PEOPLE = (
    "温思远|温思源|闻思远|温思|思温远|温远思|温总|温小姐|文思远|邵思远|邵庭|欧阳静怡|欧阳静|欧静怡|"
    "Wen Siyuan|Siyuan Wen|Wen|S Wen|John Smith|J Smith|Jon Smith|Smith John|Mary Smith|阿卜杜勒买买提|张伟|"
    "张维"
)
PEOPLE = _PEOPLE.split("|")
_HOUSES = (
    "杭州市西湖区青禾路12号|杭州市西湖区青禾路12号3栋|杭州市西湖区青禾路112号|杭州市西湖区清禾路12号|"
    "杭州市西湖区禾青路88号|杭州市西湖区青禾路|杭州市西湖区青禾支路9号|杭州市西湖区禾路7号|"
    "杭州市西湖区大青禾路6号|杭州市西湖区青禾路12号8幢1902室|杭州市西湖区青和路5号|杭州市西湖区文三路12号|"
    "杭州市西湖区文二路12号|杭州市西湖区三文路4号|12 Green Street, Leeds|14 Green Street, Leeds|"
    "12 Green St, Leeds|12 Grene Street, Leeds"
)
HOUSES = _HOUSES.split("|")
KINDS = ("person", "company")


def of_firms() -> list[Features]:
    return [features(Record(kind=kind, company=name)) for kind, name in product(KINDS, FIRMS)]


def of_people() -> list[Features]:
    return [features(Record(kind=kind, name=name)) for kind, name in product(KINDS, PEOPLE)]


def of_houses() -> list[Features]:
    return [features(Record(address=text)) for text in HOUSES]


CASES = [
    (of_firms, "company", {"same", "short", "sounds", "near", "other_place", "other_trade", "differs"}),
    (of_people, "person", {"same", "same_common", "sounds", "near", "surname", "given", "family", "differs"}),
    (of_houses, "address", {"same", "number", "near", "street", "differs"}),
]


@pytest.mark.parametrize(("records", "reads", "every"), CASES)
def test_from_both_sides_and_never_missed(records, reads: str, every: set[str]) -> None:  # type: ignore[no-untyped-def]
    comparison = next(one for one in COMPARISONS if reads in one.reads)
    reached = set()
    for a, b in combinations(records(), 2):
        found = comparison.level(a, b)
        assert found is not None
        assert found == comparison.level(b, a), (a, b)
        reached.add(found.level)
        if not _share(comparison, "parts", a, b):
            assert found.level not in comparison.only_with, (a, b)
            if not _share(comparison, "traits", a, b):
                assert found.level == comparison.otherwise, (a, b, found)
    assert reached == every


def _share(comparison: Comparison, what: str, a: Features, b: Features) -> bool:
    """As a whole base asks: parts wherever they stand, traits each in its place; of None anything may be."""
    one, other = (_told(comparison, what, record) for record in (a, b))
    if _told(comparison, "parts", a) is None or _told(comparison, "parts", b) is None:
        return True
    if what == "parts":
        return bool(set(one or ()) & set(other or ()))
    return any(x == y for x, y in zip(one or (), other or (), strict=True))


def _told(comparison: Comparison, what: str, record: Features) -> Parts:
    told: Parts = getattr(comparison, what)(*(getattr(record, name) for name in comparison.reads))
    return told
