"""The part of the reference that tells how scenarios are written: their keys, and what can happen in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from dingfen.engine.events import ATTRS, REQUIRED
from dingfen.engine.keys import keys_of, models
from dingfen.engine.ownership import Partner, TouchKind
from dingfen.engine.parts import Text
from dingfen.engine.scenario_texts import text_of
from dingfen.engine.scenarios import Scenario
from dingfen.engine.vocabulary import FACTS

_HEAD = """## Scenarios
每个场景写明发生了什么、规则必须得出什么。 A scenario tells what happened and what the rules must lead to;
how each form is used is told in [policy-packs.md](policy-packs.md). Moments are written `2026-03-02 09:14`.

### Happening
One event of a story: each has `at`, `who` and `what`, and beside them what its kind knows;
`recorded_at` where it was entered later, `rung` where the proof is another than its kind has. Bold is required.

| what | also | 中文 | English |
|---|---|---|---|
"""
EVENTS: dict[str, tuple[str, str]] = {
    "registered": ("登记客户", "registers the customer"),
    "card_recorded": ("建客户卡", "records the customer card"),
    "graded": ("定级", "grades the customer"),
    "touch": ("一次接触", "a touch"),
    "notified_owner": (
        "告知归属人；未接通写 reached: false",
        "tells the holder; reached: false where nobody answered",
    ),
    "holder_away": ("接待时归属人不在", "receives while the holder is away"),
    "asked_for": ("接待时客户点名找 to", "receives a customer who asks for `to`"),
    "referred": (
        "由老客户介绍，seller 为其原销售",
        "an earlier customer brought this one; `seller` sold to them",
    ),
    "stage": ("进入阶段", "reaches a stage"),
    "renewed": ("续期", "renews"),
    "co_worker_named": ("指定协办人", "names a co-worker"),
    "co_worker_ended": ("结束协办", "ends it"),
    "card_collected": ("取得名片", "collects a business card"),
    "contact_added": ("新增联系人", "adds a contact"),
    "profile_given": ("说明客户情况的完整程度", "tells how well the customer is known"),
    "lapsed": ("登记失效", "the registration lapses"),
    "released": ("释放", "lets it go"),
    "lost": ("战败", "loses the deal"),
    "voided": ("作废登记", "voids the registration"),
    "taken": ("从公海领取", "takes it from the pool"),
    "transferred": ("转移给 to", "transfers it to `to`"),
    "deal": ("成交，who 为签单人", "the deal; `who` signs"),
    "delivered": ("交付", "the delivery"),
    "dispute_raised": ("提出争议", "raises the dispute"),
    "statement": ("说明情况，不改变事实", "a statement; it changes no fact"),
    "finding": (
        "由人认定的事实；关于某人的写 staff",
        "a fact found by people; one about a claimant names them under `staff`",
    ),
}
_WORDS: dict[Any, str] = {bool: "true or false", str: "text", int: "whole number"}


def scenarios_reference() -> str:
    """Markdown: the events of a story, and one table for each of its parts."""
    events = "".join(_event(what) for what in ATTRS)
    parts = (model for model in models(Scenario) if model is not Text and model.__name__ != "Happening")
    return f"{_HEAD}{events}\n" + "\n".join("\n".join(_part(model)) for model in parts)


def _event(what: Any) -> str:
    required = REQUIRED.get(what, ())
    also = ", ".join(
        f"**`{name}`** {_value(name, kind)}" if name in required else f"`{name}` {_value(name, kind)}"
        for name, kind in ATTRS[what].items()
    )
    zh, en = EVENTS[what]
    return f"| `{what}` | {also or '–'} | {zh} | {en} |\n"


def _value(name: str, kind: Any) -> str:
    if name == "kind":
        return _choices(get_args(TouchKind))
    if name == "value":
        return "as the fact has"
    if name == "with":
        return _choices(get_args(Partner))
    if name == "buyers":
        return "list, as `with`"
    if name in ("grade", "channel", "stage"):
        return _choices(FACTS[name].choices)
    if name in ("to", "seller", "staff"):
        return "one of `staff`"
    if name == "signers":
        return "list of `staff`"
    if isinstance(kind, tuple):
        return "number" if float in kind and str not in kind else "name or number"
    return _WORDS[kind]


def _choices(words: Any) -> str:
    return "(" + " · ".join(map(str, words)) + ")"


def _part(model: type[BaseModel]) -> Iterator[str]:
    yield f"### {model.__name__}"
    if model.__doc__:
        yield model.__doc__.strip().replace("\n    ", "\n")
    yield ""
    yield "| key | type | left out | 中文 | English |"
    yield "|---|---|---|---|---|"
    for key in keys_of(model):
        left_out = "required" if key.required else key.default
        yield f"| `{key.name}` | {key.type} | {left_out} | {' | '.join(text_of(model.__name__, key.name))} |"
    yield ""
