"""The rule book as text, and what changed between two versions."""

from __future__ import annotations

import pytest
from tests.engine.stories import changed, pack

from dingfen.engine.diff import diff
from dingfen.engine.load import load_pack
from dingfen.engine.render import chinese_number, render
from dingfen.packs import SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_the_rule_book_holds_every_article_in_its_language(name: str) -> None:
    chinese, english = render(pack(name), "zh"), render(pack(name), "en")
    for article in pack(name).articles:
        assert article.text.zh in chinese and article.text.en in english
        assert article.text.zh not in english
        assert f"`{article.id}`" in chinese
    assert chinese.endswith("\n") and not chinese.endswith("\n\n")


def test_articles_are_numbered_as_rule_books_do() -> None:
    text = render(pack("auto-dealer"), "zh")
    assert "### 第一条　目的 `OWN-1`" in text
    assert "### 第二十二条　协办 `OWN-22`" in text
    assert "### Article 9　Lapse `OWN-9`" in render(pack("auto-dealer"), "en")
    assert [chinese_number(n) for n in (1, 10, 11, 20, 21, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
    ]


def test_the_scorecard_is_annexed() -> None:
    text = render(pack("media-sales"), "en")
    assert "| By telephone only | −2 | SCR-8 |" in text
    assert "| Joint visit by heads | −3..3 | SCR-10 |" in text
    assert "Margin needed: 2." in text


def test_nothing_changed() -> None:
    assert diff(pack("auto-dealer"), pack("auto-dealer")) == []


def test_a_changed_value_is_named_with_its_article() -> None:
    after = load_pack(changed("auto-dealer", ownership=("amount: 100 CNY", "amount: 200 CNY")))
    (change,) = diff(pack("auto-dealer"), after)
    assert (change.kind, change.where, change.article) == (
        "changed", "ownership.effects.signer-bonus.amount.amount", "OWN-12",
    )  # fmt: skip
    assert (change.before, change.after) == ("100", "200")


def test_a_part_that_moved_is_a_change_of_order_and_of_nothing_else() -> None:
    files = changed("auto-dealer")
    text = files["ownership.yaml"]
    start, end = text.index("    - id: concealed-holder"), text.index("    - id: first-card")
    part = text[start:end]
    files["ownership.yaml"] = text.replace(part, "").replace("  principles:\n", "  principles:\n" + part)
    (change,) = diff(pack("auto-dealer"), load_pack(files))
    assert change.where == "ownership.principles.order"


def test_what_was_added_and_removed() -> None:
    after = load_pack(
        changed("auto-dealer", ownership=("    late_evening: true\n", ""), pack=('"1.0"', '"1.1"'))
    )
    found = {
        change.where: (change.kind, change.before, change.after)
        for change in diff(pack("auto-dealer"), after)
    }
    assert found == {
        "ownership.registration.late_evening": ("changed", True, False),
        "version": ("changed", "1.0", "1.1"),
    }
    longer = load_pack(
        changed(
            "b2b-sales",
            ownership=("  co_workers:", "  signers: {at_most: 2, article: BBS-19}\n  co_workers:"),
        )
    )
    assert [(c.kind, c.where) for c in diff(pack("b2b-sales"), longer)] == [
        ("added", "ownership.signers.article"),
        ("added", "ownership.signers.at_most"),
        ("added", "ownership.signers.unverified"),
    ]
    assert [c.kind for c in diff(longer, pack("b2b-sales"))] == ["removed"] * 3


def test_times_ladder_and_floors_are_annexed_and_say_what_is_to_be_confirmed() -> None:
    english, chinese = (
        render(pack("cn-banking-complaints"), "en"),
        render(pack("cn-banking-complaints"), "zh"),
    )
    assert "| Decision | 15 days | handler | BNK-9 |" in english
    assert "| Acknowledgement | 1 working day (to be confirmed) | handler | BNK-8 |" in english
    assert "| 受理告知 | 1 个工作日（待核定） | 经办人 | BNK-8 |" in chinese
    assert "| 上级核查 | 30 日 | 总经理 | BNK-13 |" in chinese
    assert "| Decision BNK-9 | at most 15 days |" in english
    assert "at least 36 months (to be confirmed)" in english


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("bank-branch", ["附：预案", "附：上报", "附：演练与备品", "附：指标"]),
        ("difficult-customers", ["附：行为判定评分", "附：措施", "附：指标"]),
        ("social-media", ["附：答复时限", "附：指标"]),
        ("company-complaints", ["附：时限表", "附：联系频率"]),
    ],
)
def test_every_topic_annexes_what_people_act_by(name: str, lines: list[str]) -> None:
    text, english = render(pack(name), "zh"), render(pack(name), "en")
    assert all(f"## {line}" in text for line in lines), [row for row in text.splitlines() if "附" in row]
    assert "附" not in english
    for figure in pack(name).indicators.figures if pack(name).indicators else ():  # type: ignore[union-attr]
        assert figure.title.zh in text and figure.title.en in english
