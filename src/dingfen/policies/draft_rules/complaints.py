"""Accepted proposals on complaints."""

from __future__ import annotations

from dingfen.policies.draft_rules.writing import (
    Accepted,
    Rule,
    Topic,
    both,
    length,
    level_parts,
    levels_named,
    merged,
    titled,
    unique,
)

DECIDED = ("received", "decided")


def plain(article: str) -> Rule:
    """Rules on complaints that say as little as they can: one class, one level, a decision."""
    mark = {"unverified": True, "article": article}
    return {
        "intake": {
            "channels": ["phone", "counter", "web"],
            "by": ["agent", "head"],
            "required": ["content", "contact"],
            **mark,
        },
        "classes": [{"id": "complaint", "title": {"zh": "投诉", "en": "Complaint"}, **mark}],
        "levels": [{"id": "ordinary", "title": {"zh": "一般", "en": "Ordinary"}, **mark}],
        "clocks": [],
    }


def _levels(rules: Rule, one: Accepted) -> bool:
    found = level_parts(one.value, one.article)
    if len(found) > 1:
        rules["levels"] = [{key: kept for key, kept in each.items() if key != "when"} for each in found]
    return len(found) > 1


def _clock(rules: Rule, one: Accepted) -> bool:
    """A clock; of one start, end and levels the first counts, so a second with another length stays text."""
    part = one.part
    if not {"starts", "ends", "within"} <= set(part):
        return False
    levels_named(rules, part)  # a level these rules do not have: the clock is for all
    same = [each for each in rules["clocks"] if _place(each) == _place(part)]
    if same:
        return any(each["within"] == part["within"] for each in same)
    name = unique(rules["clocks"], str(part["ends"]).replace("_", "-"))
    rules["clocks"].append({"id": name, **titled({**part, "title": part.get("title") or name}), **one.mark})
    return True


def _place(clock: Rule) -> tuple[object, ...]:
    return clock["starts"], clock["ends"], str(clock.get("levels", ""))


def _extension(rules: Rule, one: Accepted) -> bool:
    if not one.part.get("by"):
        return False
    rules["-extension"] = {**one.part, **one.mark}
    return True


def _approver(rules: Rule, one: Accepted) -> bool:
    if not {"by", "up_to"} <= set(one.part):
        return False
    rules.setdefault("-approvers", []).append((str(one.part["up_to"]), one))
    return True


def finish(rules: Rule, article: str) -> None:
    """Clocks for some levels come before those for all; every level has a decision."""
    rules["clocks"].sort(key=lambda each: not each.get("levels"))
    decided = [each.get("levels") for each in rules["clocks"] if (each["starts"], each["ends"]) == DECIDED]
    of_all = None in decided or {each["id"] for each in rules["levels"]} <= {
        name for some in decided for name in some
    }
    if not of_all:
        rules["clocks"].append(
            {
                "id": unique(rules["clocks"], "decided"),
                "title": {"zh": "答复", "en": "Decision"},
                "starts": "received",
                "ends": "decided",
                "within": length("30 days"),
                "by": "handler",
                "unverified": True,
                "article": article,
            }
        )
    extension = rules.pop("-extension", None)
    for clock in rules["clocks"] if extension else ():
        if clock["ends"] == "decided":
            clock["extension"] = dict(extension)
    _remedy(rules)


def _remedy(rules: Rule) -> None:
    limits: dict[float, Rule] = {}
    marked = None
    for amount, one in rules.pop("-approvers", []):
        limits.setdefault(float(amount.split()[0]), {"by": one.part["by"], "up_to": amount})
        marked = marked or one
    if marked is not None:
        approvers = [limits[amount] for amount in sorted(limits)]
        rules["remedies"] = [
            {
                "id": "compensation",
                "title": both("补偿") | {"en": "Compensation"},
                "kind": "compensation",
                "approvers": [*approvers, {"by": "general_manager"}],
                **marked.mark,
            }
        ]
        rules["classes"][0]["measures"] = ["compensation"]


TOPIC = Topic(
    plain,
    {
        "levels": _levels,
        "clocks": _clock,
        "clocks.extension": _extension,
        "retention": merged("retention"),
        "conflict": merged("conflict"),
        "remedies.approvers": _approver,
    },
    finish,
)
