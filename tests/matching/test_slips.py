"""What hands, keyboards and copying do to a record: it is found all the same, and taken for the same where it is.

Each row: as stored, as typed later. `same`: nothing was lost, so the answer is `same`. `possible`: something is
really different, so people are asked; never silence. `found`: they share a key, so that they are compared at all.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from dingfen.matching import Record, compare, keys

PHONE, VIN = "13612345678", "LSVAA49J132047371"
ONE = Record(name="陈丽群", phones=(PHONE,))
FIRM = Record(kind="company", company="杭州青禾科技有限公司", phones=("0571-87654321",))

LOST_NOTHING = {
    "zero width in the name": (ONE, replace(ONE, name="陈\u200b丽\u200d群")),
    "zero width in the number": (ONE, replace(ONE, phones=("136\u200b1234\ufeff5678",))),
    "direction marks around the number": (ONE, replace(ONE, phones=("\u202d13612345678\u202c",))),
    "emoji behind the name": (ONE, replace(ONE, name="陈丽群😀")),
    "emoji before the name": (ONE, replace(ONE, name="🌸陈丽群🌸")),
    "full width digits": (ONE, replace(ONE, phones=("１３６１２３４５６７８",))),
    "full width space inside the name": (ONE, replace(ONE, name="陈\u3000丽群")),
    "traditional name": (ONE, replace(ONE, name="陳麗群")),
    "a title behind": (ONE, replace(ONE, name="陈丽群女士")),
    "letter O for 0": (replace(ONE, phones=("13012340608",)), replace(ONE, phones=("13O12340608",))),
    "letter l for 1": (ONE, replace(ONE, phones=("l3612345678",))),
    "country and blanks": (ONE, replace(ONE, phones=("+86 136 1234 5678",))),
    "headquarters in brackets": (FIRM, replace(FIRM, company="杭州青禾科技有限公司（總部）")),
    "place in brackets": (FIRM, replace(FIRM, company="（杭州）青禾科技有限公司")),
    "emoji in the firm": (FIRM, replace(FIRM, company="杭州青禾科技有限公司✨")),
    "O for 0 in a VIN": (replace(ONE, vins=(VIN,)), replace(ONE, vins=(VIN.replace("0", "O"),))),
    "surname behind": (
        Record(name="Chen Liqun", phones=(PHONE,)),
        Record(name="Liqun Chen", phones=(PHONE,)),
    ),
    "mail in capitals and full width": (
        replace(ONE, emails=("li.qun@example.com",)),
        replace(ONE, phones=(), emails=("ＬＩ.QUN@Example.COM",)),
    ),
}
REALLY_DIFFERENT = {
    "one digit changed": (ONE, replace(ONE, phones=("13612345673",))),
    "two digits swapped": (ONE, replace(ONE, phones=("13612345687",))),
    "a digit changed in front": (ONE, replace(ONE, phones=("13812345678",))),
    "a homophone": (ONE, replace(ONE, name="陈莉群")),
    "pinyin": (ONE, replace(ONE, name="chenliqun")),
    "surname alone": (ONE, replace(ONE, name="陈总")),
    "brand alone": (FIRM, replace(FIRM, company="青禾")),
    "last four digits": (ONE, Record(name="陈丽群", tails=("5678",))),
}


@pytest.mark.parametrize("case", LOST_NOTHING)
def test_what_loses_nothing_is_the_same(case: str) -> None:
    stored, typed = LOST_NOTHING[case]
    assert compare(stored, typed).answer == "same"
    assert shared(stored, typed)


@pytest.mark.parametrize("case", REALLY_DIFFERENT)
def test_what_is_different_is_asked_about(case: str) -> None:
    stored, typed = REALLY_DIFFERENT[case]
    assert compare(stored, typed).answer in ("same", "possible")
    assert shared(stored, typed)


def shared(one: Record, other: Record) -> bool:
    return bool({key[:2] for key in keys(one)} & {key[:2] for key in keys(other)})
