"""Accepted proposals on difficult conduct. What limits somebody keeps an end, a hearing and an appeal."""

from __future__ import annotations

from dingfen.engine.conduct import ADVERSE
from dingfen.policies.draft_rules.writing import Accepted, Put, Rule, Topic, added, both, length, value_in

KINDS = (*sorted(ADVERSE), "talk", "recovery")


def plain(article: str) -> Rule:
    """Rules on conduct that say as little as they can."""
    mark = {"unverified": True, "article": article}
    return {
        "kinds": [{"id": "conduct", "title": {"zh": "不良行为", "en": "Difficult conduct"}, **mark}],
        "criteria": [],
        "watching": {
            "period": length("12 months"),
            "sources": ["complaints", "touches", "staff_notes"],
            "by": "compliance",
            "every": length("1 month"),
            **mark,
        },
        "warnings": [],
        "measures": [],
        "appeals": {"by": "general_manager", "within": length("10 days"), **mark},
        "stays_open": {
            "ways": ["emergency", "statutory_rights", "authority", "new_complaint", "accessibility"],
            **mark,
        },
        "shown": {"fields": ["advice", "contact_person"], **mark},
        "keeping": {"keep": length("24 months"), "since": "last_entry", **mark},
    }


def _measure(rules: Rule, one: Accepted) -> bool:
    kind = str(one.part.get("kind"))
    if kind not in KINDS:
        return False
    if all(each["kind"] != kind for each in rules["measures"]):
        part = {
            "id": kind.replace("_", "-"),
            "proposed_by": ["head"],
            "approved_by": "general_manager",
            **one.part,
        }
        rules["measures"].append({**part, "title": both(part.get("title", kind)), **one.mark})
    return True


def _of_measures(key: str) -> Put:
    def put(rules: Rule, one: Accepted) -> bool:
        rules[f"-{key}"] = one.value
        return one.value is not None

    return put


def finish(rules: Rule, article: str) -> None:
    """At least one criterion, one warning and one measure; rights for whoever a measure limits."""
    mark = {"unverified": True, "article": article}
    if not rules["criteria"]:
        title = {"zh": "辱骂员工", "en": "Insults"}
        rules["criteria"].append(
            {"id": "insults", "title": title, "weight": 3, "when": "insults_noted >= 1", **mark}
        )
    for each in rules["criteria"]:
        each["kinds"] = ["conduct"]
    points = min(5, sum(each["weight"] for each in rules["criteria"]))
    rules["warnings"].append(
        {
            "id": "look",
            "title": {"zh": "请负责人查看", "en": "A head looks at it"},
            "at_least": points,
            "to": ["head"],
            "within": length("3 days"),
            **mark,
        }
    )
    if not rules["measures"]:
        rules["measures"].append(
            {
                "id": "talk",
                "title": {"zh": "面谈", "en": "A talk"},
                "kind": "talk",
                "proposed_by": ["head"],
                "approved_by": "general_manager",
                **mark,
            }
        )
    rights = {"at_most": length("6 months"), "heard": length("5 days"), "appeal": length("10 days")}
    rights |= {key: said for key in ("at_most", "heard") if (said := rules.pop(f"-{key}", None)) is not None}
    for each in rules["measures"]:
        if each["kind"] in ADVERSE:
            each.update({key: value for key, value in rights.items() if key not in each})
            each.setdefault("at_least", points)


TOPIC = Topic(
    plain,
    {
        "criteria": added("criteria", "criterion", "title", "weight", "when"),
        "measures": _measure,
        "measures.at_most": _of_measures("at_most"),
        "measures.heard": _of_measures("heard"),
        "appeals.within": value_in("appeals", "within"),
        "keeping.keep": value_in("keeping", "keep"),
        "watching.period": value_in("watching", "period"),
        "watching.every": value_in("watching", "every"),
    },
    finish,
)
