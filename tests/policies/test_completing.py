"""What the editor proposes at the caret, while the text does not read."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import Cast

from dingfen.engine.completing import Where, completions, place
from dingfen.packs import pack_files
from dingfen.policies.models import PolicySource

HEAD = 'ownership:\n  protection:\n    follow_up:\n      - when: grade == "H"\n'


def options(text: str, **more: object) -> list[str]:
    lines = text.split("\n")
    found = completions(text, len(lines) - 1, len(lines[-1]), **more)  # type: ignore[arg-type]
    return [each.text for each in found.options]


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("", ["id: ", "ownership: "]),
        ("ownership:\n  scope: cus", ["customer", "customer_product"]),
        ("ownership:\n  pr", ["protection: ", "prior_communication: "]),
        (HEAD + "        ev", ["every: "]),
        (HEAD + "        every: {length: 3 days, coun", ["counting: "]),
        (HEAD + "        every: {length: 3 days, counting: ", ["inclusive", "exclusive"]),
        (HEAD + "    then: ", ["pool", "open", "head"]),
        ("ownership:\n  registration:\n    required: [name, ph", ["phone"]),
        ("ownership:\n  registration:\n    required:\n      - ", ["name", "decision_maker"]),
        ("ownership:\n  registration:\n    same_day: ", ["true", "false"]),
        ("ownership:\n  effects:\n    - {id: a, kind: bo", ["bonus"]),
        ("ownership:\n  principles:\n    - then: {exclude: not claim_w", ["claim_within_window"]),
        ("complaints:\n  clocks:\n    - starts: rece", ["received"]),
        ("incidents:\n  custody:\n    by: ", ["head", "duty-manager"]),
    ],
)
def test_keys_and_values_stand_where_the_schema_has_them(text: str, some: list[str]) -> None:
    assert set(some) <= set(options(text, articles=["OWN-1"], roles=["duty-manager"]))


def test_articles_scenarios_and_nothing_where_nothing_is_known() -> None:
    assert options("ownership:\n  pool:\n    article: ", articles=["OWN-1", "OWN-2"]) == ["OWN-1", "OWN-2"]
    assert "expect: " in options("scenarios:\n  - id: x\n    ", scenarios=True)
    assert options("ownership:\n  nothing:\n    ") == []
    assert place(["a:", "  b: {c: 1}", "  # d:"], "  e: [{f: 'x, y: z', ") == Where(("a", "e"), False)
    begun = completions("ownership:\n  scope: cus", 1, 12)
    assert begun.start == 9 and begun.options[0].zh == "客户"


def test_every_value_of_a_shipped_pack_is_among_what_is_proposed_for_it() -> None:
    """At each `key: value` of the rules with a closed choice, the value itself is proposed."""
    text = pack_files("auto-dealer")["ownership.yaml"]
    lines, tried = text.split("\n"), 0
    for number, line in enumerate(lines):
        key, colon, value = line.strip().removeprefix("- ").partition(": ")
        if (
            colon
            and key in ("then", "from", "scope", "kind", "same_unit", "order", "skipped", "by")
            and value.isidentifier()
        ):
            at = line.rindex(value)
            found = completions(text, number, at)
            assert value in [each.text for each in found.options], line
            tried += 1
    assert tried > 8


def test_the_page_asks_for_it_and_leads_to_the_line_of_an_error(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tang)
    client.post("/policies/sources/begin/", {"shipped": "auto-dealer"})
    path = f"/policies/sources/{PolicySource.objects.get().uid}/"
    asked = {
        "name": "ownership.yaml",
        "text": "ownership:\n  pool:\n    article: ",
        "line": "2",
        "column": "13",
    }
    answer = client.post(f"{path}complete/", asked).json()
    assert answer["start"] == 13 and {"text": "OWN-21", "label": ""} in answer["options"]
    wrong = {"name": "ownership.yaml", "text": "ownership:\n  scope: customers\n"}
    check = client.post(f"{path}check/", wrong).content.decode()
    assert f'href="{path}?file=ownership.yaml&amp;line=2#text"' in check  # without scripts too
    assert 'data-line="2"' in client.get(f"{path}?file=ownership.yaml&line=2").content.decode()
