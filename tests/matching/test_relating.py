"""Households and groups of firms: related, and never one customer."""

from __future__ import annotations

from dingfen.matching import Record, batch, features
from dingfen.matching.relating import related, worth_a_look

HOME = "杭州市西湖区文三路18号2幢301室"


def kind(one: Record, other: Record) -> str | None:
    found = related(features(one), features(other))
    assert found == related(features(other), features(one))
    return found[0] if found else None


def test_one_roof_or_family_phone_is_a_household() -> None:
    wife, man = Record(name="欧阳静怡", address=HOME), Record(name="魏子墨", address=HOME)
    assert kind(wife, man) == "household"
    assert kind(wife, Record(name="魏子墨", address="杭州市西湖区文三路18号")) is None  # a whole house
    child = Record(name="欧阳书瑶", address="杭州市西湖区文三路18号")
    assert kind(wife, child) == "household"
    father, son = (Record(name=name, phones=("13812342046",)) for name in ("陈立群", "陈书瑶"))
    assert kind(father, son) == "household"
    assert kind(wife, wife) is None
    assert kind(Record(name="陈立群"), Record(name="陈书瑶")) is None


def test_one_brand_needs_something_more_to_be_a_group() -> None:
    head = Record(kind="company", company="杭州衡川建筑工程有限公司", emails=("info@hengchuan.cn",))
    branch = Record(kind="company", company="宁波衡川建筑工程有限公司", emails=("li@hengchuan.cn",))
    assert kind(head, branch) == "firm_group"
    names = (head.company, branch.company)
    assert kind(*(Record(kind="company", company=name) for name in names)) is None
    mails = zip(names, ("li@163.com", "wang@163.com"), strict=True)
    public = [Record(kind="company", company=name, emails=(mail,)) for name, mail in mails]
    assert kind(*public) is None
    assert kind(head, Record(name="欧阳静怡", company="宁波衡川建筑工程有限公司")) is None


def test_a_whole_base_is_looked_at_by_what_it_shares() -> None:
    rows = [
        Record(name="欧阳静怡", address=HOME),
        Record(name="苏未央", phones=("13500001111",)),
        Record(name="魏子墨", address=HOME),
        Record(kind="company", company="杭州衡川建筑工程有限公司"),
        Record(kind="company", company="宁波衡川建筑工程有限公司"),
    ]
    assert worth_a_look(batch.read(map(features, rows))) == [(0, 2), (3, 4)]
    assert worth_a_look(batch.read([])) == []
    phones = ("13500001111", "13500002222", "13500003333", "0571-87654321")
    family = [Record(name="苏未央", phones=phones[::2]), Record(name="苏明", phones=phones[2:])]
    strangers = [Record(name="魏子墨", phones=phones[:1]), Record(name="苏青", phones=("13500004444",))]
    assert worth_a_look(batch.read(map(features, family + strangers))) == [(0, 1)]
