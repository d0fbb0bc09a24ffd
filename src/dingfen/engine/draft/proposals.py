"""Which rule of the policy language a finding would become; None: it stays text.

A proposal is `{topic, key, value}`: `value` is written as the pack would hold it. Ways of counting that the
text does not state are proposed as the law's own (day of the event out, calendar days) and marked `to_confirm`.
"""

from __future__ import annotations

import re
from typing import Any

from dingfen.engine.draft.finding import Finding
from dingfen.engine.draft.numbering import Article

Proposal = dict[str, Any]
_LENGTH = re.compile(
    r"^(?:(?:over|under|min|max) )?P(T?)(\d+(?:\.\d+)?)([MHDWY])(?:\.\.P(T?)(\d+)([MHDWY]))?$"
)
_UNITS = {"TM": "minutes", "TH": "hours", "D": "days", "W": "weeks", "M": "months"}


def length(value: object, inclusive: bool | None, working: bool = False) -> Proposal | None:
    """`P5D` → `{length: 5 days, counting: inclusive, start_day: out, days: calendar, roll: none}`."""
    match = _LENGTH.match(str(value))
    if match is None:
        return None
    unit = _UNITS.get(match[1] + match[3])
    if unit is None:
        return None
    amount = match[2]
    words = (
        f"{amount} {'working ' if working and unit == 'days' else ''}{unit if amount != '1' else unit[:-1]}"
    )
    if unit in {"minutes", "hours"}:
        return {"length": words}
    counting = "exclusive" if inclusive is False else "inclusive"
    days = "working" if working else "calendar"
    return {"length": words, "counting": counting, "start_day": "out", "days": days, "roll": "none"}


def _ownership(key: str, value: Any, *confirm: str) -> Proposal:
    return {"topic": "ownership", "key": key, "value": value, "to_confirm": list(confirm)}


def propose(finding: Finding, article: Article) -> Proposal | None:
    """The rule a finding would become, or None."""
    maker = _MAKERS.get(finding.kind)
    return maker(finding, article) if maker else None


FROM_CONTACT = re.compile(
    r"[自从][^，。；]{0,4}(?:最后|最近|上)一?次[^，。；]{0,6}(?:跟进|回访|联系|接触)"
    r"|(?:from|since|after) the (?:last|latest) (?:\w+ )?(?:follow-up|contact|visit)",
    re.IGNORECASE,
)
"""The time begins anew with each contact, not once with the entry."""


def _duration(one: Finding, article: Article) -> Proposal | None:
    span = length(one.value, one.inclusive, one.unit == "working_days")
    if span is None or str(one.value).startswith(("over", "under")):
        return None
    confirm = () if one.inclusive is not None else ("counting",)
    if one.of == "claim window":
        return _ownership("claim_window", {"within": span, "from": ["deal", "delivery"]}, *confirm)
    if one.of == "lapse":
        return _ownership(
            "protection.lapse", {"after": span, "from": "last_effective_follow_up"}, "from", *confirm
        )
    if one.of == "validity":
        start = "last_effective_follow_up" if FROM_CONTACT.search(article.text) else "registered"
        return _ownership("protection.lapse", {"after": span, "from": start}, "from", *confirm)
    if one.of == "look-back before the deal":
        return _ownership("look_back", {"within": span}, *confirm)
    if one.of == "cool-down":
        return _ownership("pool.cool_down", span, *confirm)
    if one.of == "appeal":
        return _ownership("decides.appeal.within", span, *confirm)
    return None


def _deadline(one: Finding, article: Article) -> Proposal | None:
    span = length(one.value, one.inclusive, one.unit == "working_days")
    if one.value == "next morning":
        return _ownership("registration.late_evening", True)
    if span is None:
        return None
    if one.of == "answer complaints":
        return {"topic": "complaints", "key": "clocks.first_answer", "value": span, "to_confirm": []}
    if one.of == "update records":
        return {"topic": "care", "key": "clocks.update_records", "value": span, "to_confirm": []}
    if one.of == "notice":
        return _ownership("prior_communication.tell", span)
    return None


def _frequency(one: Finding, article: Article) -> Proposal | None:
    span = length(one.value, None)
    if span is not None and (one.grade or "跟" in one.text or "访" in one.text):
        rule: dict[str, Any] = {"every": span}
        if one.grade:
            rule = {"when": f'grade == "{one.grade}"', **rule}
        return _ownership("protection.follow_up", rule, "counting")
    if " per " in str(one.value):
        return {
            "topic": "care",
            "key": "cadence",
            "value": {"contacts": one.value, "of": one.of},
            "to_confirm": ["value"],
        }
    return None


def _amount(one: Finding, article: Article) -> Proposal | None:
    money = str(one.value).removeprefix("max ")
    if one.of == "sanction":
        return _ownership("sanctions.steps", {"kind": "fine", "amount": money, "nth": one.nth or 1}, "when")
    if one.of == "bonus per unit":
        value = {"kind": "bonus", "to": "signer", "amount": money, "per": "unit"}
        return _ownership("effects", value, "when")
    return None


def _points(one: Finding, article: Article) -> Proposal | None:
    to = "value(joint_visit_points)" if ".." in str(one.value) else None
    value = {"title": article.heading or one.text[:60], "points": one.value, "to": to}
    return _ownership("scorecard.lines", value, "to")


def _count(one: Finding, article: Article) -> Proposal | None:
    limit, _, amount = str(one.value).partition(" ")
    keys = {"signers": "signers.at_most", "pool takes": "pool.take_per_day", "holding limit": "pool.holding_limit",
            "co-workers": "co_workers.at_most"}  # fmt: skip
    if limit != "max" or one.of not in keys:
        return None
    return _ownership(keys[one.of], int(float(amount)))


def _sanction(one: Finding, article: Article) -> Proposal | None:
    return _ownership("sanctions.steps", {"kind": one.value, "nth": one.nth or 1}, "when")


def _ban(one: Finding, article: Article) -> Proposal | None:
    return _ownership("bans", {"title": one.text[:200]}, "id")


def _levels(one: Finding, article: Article) -> Proposal | None:
    return {"topic": "incidents", "key": "levels", "value": list(one.value) if isinstance(one.value, tuple) else [],
            "to_confirm": []}  # fmt: skip


def _step(one: Finding, article: Article) -> Proposal | None:
    return {"topic": "incidents", "key": "playbooks.steps", "value": {"order": one.value, "text": one.text},
            "to_confirm": ["role"]}  # fmt: skip


_MAKERS = {
    "duration": _duration, "deadline": _deadline, "frequency": _frequency, "amount": _amount, "points": _points,
    "count": _count, "sanction": _sanction, "ban": _ban, "levels": _levels, "step": _step,
}  # fmt: skip
