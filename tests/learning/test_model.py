"""A small classifier: learns, says why, stays silent when unsure, and is the same again from its document."""

from __future__ import annotations

import random

import pytest

from dingfen.learning.model import dump, load, train
from dingfen.learning.pieces import pieces
from dingfen.learning.start import AXES, shipped

WORDS = {
    "payment": ["退款没有到账", "扣费重复", "账单金额不对", "押金不退", "the refund never came"],
    "quality": ["屏幕裂开", "发动机异响", "零件生锈", "漏水严重", "the screen is cracked"],
    "delivery": ["送货晚了", "约好的时间没来", "包裹丢失", "安装拖延", "the parcel was late"],
}


def sorted_texts(number: int = 90, wrong: float = 0.0) -> list[tuple[str, str]]:
    """Made-up texts of three kinds; a share of them sorted by chance."""
    dice = random.Random(3)
    rows = []
    for place in range(number):
        label = sorted(WORDS)[place % 3]
        asked = dice.choice(("请处理", "很失望", "麻烦看一下"))
        text = f"{dice.choice(WORDS[label])}，{asked}，{dice.choice(WORDS[label])}"
        rows.append((text, dice.choice(sorted(WORDS)) if dice.random() < wrong else label))
    return rows


def test_it_learns_says_why_and_is_the_same_from_its_document() -> None:
    shares: list[float] = []
    model = train(sorted_texts(), progress=shares.append)
    assert model is not None
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert model.figures.f1 > 0.9 > model.figures.majority + 0.5
    said = model.suggest("押金不退，账单金额不对，你们看着办")
    assert said is not None and said.label == "payment" and said.sure >= model.least
    assert any("押金" in piece or "账单" in piece for piece in said.because)
    again = load(dump(model))
    assert dump(again) == dump(model)
    assert again.suggest("屏幕裂开了") == model.suggest("屏幕裂开了")
    assert train(sorted_texts()) is not None and dump(train(sorted_texts())) == dump(model)  # type: ignore[arg-type]


def test_it_stays_silent_where_it_knows_nothing() -> None:
    assert train(sorted_texts(20)) is None, "too few"
    assert train([(text, "one") for text, _ in sorted_texts()]) is None, "nothing to tell apart"
    model = train(sorted_texts())
    assert model is not None and model.suggest("1234567") is None and model.suggest("") is None
    by_chance = train(sorted_texts(120, wrong=1.0))
    assert by_chance is not None
    answered = [by_chance.suggest(text) for text, _ in sorted_texts(60)]
    assert by_chance.least > 1 or sum(one is not None for one in answered) < 30


def test_another_version_and_damaged_documents_are_refused() -> None:
    model = train(sorted_texts())
    assert model is not None
    with pytest.raises(ValueError):
        load(b"nonsense")
    with pytest.raises(ValueError):
        load(dump(model)[:-20])


def test_numbers_are_never_learned() -> None:
    assert pieces("电话 13912340077，订单 A7788") == {"电", "话", "电话", "订", "单", "订单"}


@pytest.mark.parametrize("axis", AXES)
def test_the_shipped_start_tells_plain_cases(axis: str) -> None:
    told = {
        "mood": [("依据合同第三条，请书面答复", "prepared"), ("急死我了，孩子还在等", "upset")],
        "complaint": [("客户说上次没修好，要求退钱", "complaint"), ("客户周六来试驾，已约好", "plain")],
        "abuse": [("一群废物，滚，你们这些骗子", "abusive"), ("想问一下什么时候能修好", "plain")],
    }
    for text, wanted in told[axis]:
        said = shipped(axis).suggest(text)
        assert said is None or said.label == wanted
    assert shipped(axis).figures.f1 > shipped(axis).figures.majority - 0.1
