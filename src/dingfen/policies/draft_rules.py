"""The accepted proposals of a draft as `ownership.yaml`: rules that run, with plain values where the text says nothing.

What was not said is marked `unverified`, so that lint lists it until somebody has looked at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Rule = dict[str, Any]
# What a sanction is for, by the words of its article: the facts that people find.
FOUND = (
    (r"虚假|虚报|谎报|伪造|造假|false|forged|invented", "false_registration"),
    (r"隐瞒|不(?:告知|通知)|conceal", "concealed_owner"),
    (r"串通|勾结|collu", "colluded"),
    (r"翻阅|偷看|查看他人|pry|peek", "pried"),
    (r"篡改|涂改|修改他人|撕毁|alter|tamper|destroy", "altered_records"),
    (r"压价|毁单|undercut", "undercut"),
    (r"拒绝接待|怠慢|refus|neglect", "refused_service"),
    (r"抢单|飞单|抢客|撬单|snatch|poach", "snatched"),
)
MEASURES = {"warning", "fine", "suspension", "dismissal", "head_decides"}


def days(amount: int) -> Rule:
    return {
        "length": f"{amount} day{'s' if amount > 1 else ''}", "counting": "inclusive", "start_day": "out",
        "days": "calendar", "roll": "none",
    }  # fmt: skip


def plain(article: str) -> Rule:
    """Rules on ownership that say as little as they can."""
    mark = {"unverified": True, "article": article}
    lapsed = {"zh": "登记已失效", "en": "The registration has lapsed"}
    first = {"zh": "先登记者得", "en": "First come"}
    return {
        "scope": "customer",
        "registration": {"required": ["name", "phone"], "by": ["salesperson"], "same_day": True, **mark},
        "effective_follow_up": {
            "kinds": ["walk_in", "incoming_call", "call", "visit", "message"], "reached": True,
            "with": ["customer", "immediate_family"], **mark,
        },
        "protection": {
            "lapse": [{"after": days(30), "from": "last_effective_follow_up", **mark}],
            "warn_before": "1 day", "then": "open", **mark,
        },
        "claim_window": {"within": days(5), "from": ["deal"], "handled_by": "head", **mark},
        "principles": [
            {"id": "lapsed", "title": lapsed, "then": {"exclude": "lapsed or ended"}, **mark},
            {"id": "first", "title": first, "then": {"prefer": "min(registered_at)"}, **mark},
        ],
        "decides": {
            "same_unit": "head", "different_units": "joint_heads", "on_disagreement": "general_manager",
            "statement": days(2), "ruling": days(3),
            "appeal": {"to": "general_manager", "within": days(3), "final": True, **mark}, **mark,
        },
    }  # fmt: skip


class _Writing:
    """Rules that grow by one accepted proposal after the other."""

    def __init__(self, rules: Rule) -> None:
        self.rules, self.lapses, self.sanctions = rules, [], {}  # type: ignore[var-annotated]

    def put(self, key: str, value: Any, article: str, text: str) -> bool:
        """Write one proposal in; False where there is no place for it yet."""
        mark = {"unverified": True, "article": article}
        rules, one = self.rules, dict(value) if isinstance(value, Mapping) else {}
        if key == "protection.lapse" and one:
            self.lapses.append({**one, **mark})
            rules["protection"]["lapse"] = self.lapses
        elif key == "protection.follow_up" and one:
            rules["protection"].setdefault("follow_up", []).append({**one, **mark})
            if "grade" in str(one.get("when")) and "grade" not in rules["registration"]["required"]:
                rules["registration"]["required"].append("grade")
        elif key == "claim_window" and one:
            rules[key] |= {**one, **mark}
        elif key == "look_back" and one:
            rules[key] = {**one, **mark}
        elif key == "decides.appeal.within":
            rules["decides"]["appeal"] |= {"within": value, **mark}
        elif key == "registration.late_evening":
            rules["registration"]["late_evening"] = value
        elif key == "prior_communication.tell":
            rules["prior_communication"] = {"tell": value, "if_away": ["tell_head"], **mark}
        elif key.startswith("pool."):
            pool = rules.setdefault("pool", {"take_per_day": 10, "cool_down": days(7), **mark})
            pool[key.removeprefix("pool.")] = value
            rules["protection"]["then"] = "pool"
        elif key in ("signers.at_most", "co_workers.at_most"):
            part = key.partition(".")[0]
            rules[part] = {"at_most": value, **({"by": "head"} if part == "co_workers" else {}), **mark}
        elif key == "bans" and one:
            bans = rules.setdefault("bans", [])
            bans.append(
                {"id": f"ban-{len(bans) + 1}", "title": both(one.get("title", "")), "article": article}
            )
        elif key == "effects" and one:
            effects = rules.setdefault("effects", [])
            effects.append({"id": f"{one.get('kind', 'effect')}-{len(effects) + 1}", **one, **mark})
        else:
            return key == "sanctions.steps" and self._step(one, article, text)
        return True

    def _step(self, one: Rule, article: str, text: str) -> bool:
        """One step of a sanction, where the words say what it is for."""
        found = next((fact for words, fact in FOUND if re.search(words, text, re.IGNORECASE)), None)
        if found is None or str(one.get("kind")) not in MEASURES:
            return False
        step = {name: given for name, given in one.items() if name in ("kind", "amount", "lasts")}
        sanction = self.sanctions.get(found)
        if sanction is None:
            sanction = self.sanctions[found] = {
                "id": found.replace("_", "-"), "title": both(text[:60]), "when": found, "steps": [], "article": article,
            }  # fmt: skip
            self.rules.setdefault("sanctions", []).append(sanction)
        sanction["steps"].append(step)
        return True


def both(text: Any) -> Rule:
    """A text in the one language it is written in, for both: lint says which is still to be written."""
    return {"zh": str(text), "en": str(text)}


def ownership_of(
    proposals: Iterable[Mapping[str, Any]], articles: Mapping[str, str], texts: Mapping[str, str]
) -> tuple[Rule, list[Mapping[str, Any]]]:
    """Rules from what was accepted, and what has no place in them. `articles`: of the text → of the
    pack; `texts`: what each says.
    """
    first = next(iter(articles.values()), "ART-1")
    writing, left = _Writing(plain(first)), []
    for one in proposals:
        article = articles.get(one["article"], first)
        said = texts.get(one["article"], one["text"])
        if one["topic"] != "ownership" or not writing.put(one["key"], one["value"], article, said):
            left.append(one)
    return writing.rules, left
