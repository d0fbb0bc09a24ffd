"""Accepted proposals on ownership."""

from __future__ import annotations

import re
from typing import Any

from dingfen.policies.draft_rules.writing import (
    Accepted,
    Rule,
    Topic,
    added,
    both,
    length,
    merged,
    titled,
    value_in,
)

# What a sanction is for, by the words of its article: the facts that people find.
FOUND = (
    (r"虚假|虚报|谎报|伪造|造假|false|forged|invented", "false_registration"),
    (r"隐瞒|不(?:告知|通知)|conceal", "concealed_owner"),
    (r"串通|勾结|collu", "colluded"),
    (r"翻阅|偷看|查看他人|pry|peek", "pried"),
    (r"篡改|涂改|修改他人|撕毁|alter|tamper|destroy", "altered_records"),
    (r"压价|毁单|undercut", "undercut"),
    (r"拒绝接待|怠慢|不负责|refus|neglect", "refused_service"),
    (r"抢单|飞单|抢客|撬单|snatch|poach", "snatched"),
)
MEASURES = {"warning", "fine", "suspension", "dismissal", "head_decides"}
# in which order principles are tried; what is not here stands before "first come"
ORDER = (
    "lapsed",
    "concealed",
    "served",
    "referred",
    "asked-for",
    "household",
    "together",
    "same-time",
    "first",
)


def plain(article: str) -> Rule:
    """Rules on ownership that say as little as they can."""
    mark = {"unverified": True, "article": article}
    lapsed = {"zh": "登记已失效", "en": "The registration has lapsed"}
    first = {"zh": "先登记者得", "en": "First come"}
    return {
        "scope": "customer",
        "registration": {"required": ["name", "phone"], "by": ["salesperson"], "same_day": True, **mark},
        "effective_follow_up": {
            "kinds": ["walk_in", "incoming_call", "call", "visit", "message"],
            "reached": True,
            "with": ["customer", "immediate_family"],
            **mark,
        },
        "protection": {
            "lapse": [{"after": length("30 days"), "from": "last_effective_follow_up", **mark}],
            "warn_before": "1 day",
            "then": "open",
            **mark,
        },
        "claim_window": {"within": length("5 days"), "from": ["deal"], "handled_by": "head", **mark},
        "principles": [
            {"id": "lapsed", "title": lapsed, "then": {"exclude": "lapsed or ended"}, **mark},
            {"id": "first", "title": first, "then": {"prefer": "min(registered_at)"}, **mark},
        ],
        "decides": {
            "same_unit": "head",
            "different_units": "joint_heads",
            "on_disagreement": "general_manager",
            "statement": length("2 days"),
            "ruling": length("3 days"),
            "appeal": {"to": "general_manager", "within": length("3 days"), "final": True, **mark},
            **mark,
        },
    }


def _lapse(rules: Rule, one: Accepted) -> bool:
    if not one.part:
        return False
    rules.setdefault("-lapses", []).append({**one.part, **one.mark})
    return True


def _follow_up(rules: Rule, one: Accepted) -> bool:
    if not one.part:
        return False
    rules["protection"].setdefault("follow_up", []).append({**one.part, **one.mark})
    if "grade" in str(one.part.get("when")):
        _require(rules, ["grade"])
    return True


def _require(rules: Rule, fields: list[Any]) -> None:
    known = rules["registration"]["required"]
    known += [each for each in fields if each not in known]


def _required(rules: Rule, one: Accepted) -> bool:
    if not isinstance(one.value, list):
        return False
    rules["registration"] |= {"required": [], "article": one.article}
    _require(rules, one.value)
    return bool(one.value)


def _registration(key: str) -> Any:
    def put(rules: Rule, one: Accepted) -> bool:
        rules["registration"] |= {key: one.value, "article": one.article}
        return True

    return put


def _appeal(rules: Rule, one: Accepted) -> bool:
    rules["decides"]["appeal"] |= {"within": one.value, **one.mark}
    return True


def _pool(key: str) -> Any:
    def put(rules: Rule, one: Accepted) -> bool:
        pool = rules.setdefault("pool", {"take_per_day": 10, "cool_down": length("7 days"), **one.mark})
        pool[key] = one.value
        rules["protection"]["then"] = "pool"
        return True

    return put


def _renewal(rules: Rule, one: Accepted) -> bool:
    rules["protection"]["renewal"] = {"at_most": one.value, "approved_by": "head", **one.mark}
    return True


def _step(rules: Rule, one: Accepted) -> bool:
    """One step of a sanction, where the words say what it is for."""
    found = next((fact for words, fact in FOUND if re.search(words, one.said, re.IGNORECASE)), None)
    if found is None or str(one.part.get("kind")) not in MEASURES:
        return False
    step = {name: given for name, given in one.part.items() if name in ("kind", "amount", "lasts")}
    sanctions = rules.setdefault("sanctions", [])
    sanction = next((each for each in sanctions if each["when"] == found), None)
    if sanction is None:
        name = found.replace("_", "-")
        sanction = {
            "id": name,
            "title": both(one.said[:60]),
            "when": found,
            "steps": [],
            "article": one.article,
        }
        sanctions.append(sanction)
    sanction["steps"].append(step)
    return True


def _principle(rules: Rule, one: Accepted) -> bool:
    """A principle in its place; of one case the language knows one, and a second that says otherwise is left."""
    part = one.part
    name = str(part.get("id", ""))
    if not part.get("then") or not name:
        return False
    principles = rules["principles"]
    same = next((each for each in principles if each["id"] == name), None)
    if same is not None and name != "first":
        return bool(same["then"] == part["then"])
    if same is not None:
        principles.remove(same)
    principles.append({**part, "title": both(part.get("title", name)), **one.mark})
    return True


def _line(rules: Rule, one: Accepted) -> bool:
    part = one.part
    if not part.get("to") or part.get("points") in (None, 0, "0"):
        return False
    decline = {"zh": "由负责人决定", "en": "The heads decide"}
    card = rules.setdefault(
        "scorecard",
        {
            "lines": [],
            "threshold": 1,
            "on_tie": {"decline": decline},
            "on_small_margin": {"decline": decline},
            **one.mark,
        },
    )
    card["lines"].append(
        {"id": f"line-{len(card['lines']) + 1}", **part, "title": both(part.get("title", "")), **one.mark}
    )
    return True


def _ban(rules: Rule, one: Accepted) -> bool:
    if not one.part.get("title"):
        return False
    bans = rules.setdefault("bans", [])
    bans.append({"id": f"ban-{len(bans) + 1}", "title": both(one.part["title"]), "article": one.article})
    return True


def _effect(rules: Rule, one: Accepted) -> bool:
    if not one.part:
        return False
    effects = rules.setdefault("effects", [])
    effects.append(
        {"id": f"{one.part.get('kind', 'effect')}-{len(effects) + 1}", **titled(one.part), **one.mark}
    )
    return True


def finish(rules: Rule, article: str) -> None:
    """Lapses said replace the plain one; points decide instead of first come, unless the text says that too."""
    lapses = rules.pop("-lapses", [])
    if lapses:
        everybody = all(each.get("when") for each in lapses)
        rules["protection"]["lapse"] = lapses + (rules["protection"]["lapse"] if everybody else [])
    if any("hour" in str(each.get("after")) or "minute" in str(each.get("after")) for each in lapses):
        rules["protection"]["warn_before"] = "30 minutes"
    principles = rules["principles"]
    said = [
        each
        for each in principles
        if each["id"] != "first" or "scorecard" not in rules or each["article"] != article
    ]
    rules["principles"] = sorted(
        said, key=lambda each: ORDER.index(each["id"]) if each["id"] in ORDER else len(ORDER) - 2
    )


TOPIC = Topic(
    plain,
    {
        "protection.lapse": _lapse,
        "protection.follow_up": _follow_up,
        "protection.renewal.at_most": _renewal,
        "registration.required": _required,
        "registration.same_day": _registration("same_day"),
        "registration.late_evening": _registration("late_evening"),
        "claim_window": merged("claim_window"),
        "look_back": merged("look_back"),
        "decides.appeal.within": _appeal,
        "decides.ruling": value_in("decides", "ruling"),
        "decides.statement": value_in("decides", "statement"),
        "prior_communication.tell": value_in("prior_communication", "tell", if_away=["tell_head"]),
        "borrowing": merged("borrowing"),
        "pool.take_per_day": _pool("take_per_day"),
        "pool.cool_down": _pool("cool_down"),
        "pool.holding_limit": _pool("holding_limit"),
        "signers.at_most": value_in("signers", "at_most"),
        "co_workers.at_most": value_in("co_workers", "at_most", by="head"),
        "principles": _principle,
        "scorecard.lines": _line,
        "sanctions.steps": _step,
        "bans": _ban,
        "effects": _effect,
        "routines": added("routines", "routine", "title", "every"),
    },
    finish,
)
