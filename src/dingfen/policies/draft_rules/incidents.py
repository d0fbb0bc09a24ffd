"""Accepted proposals on incidents: levels, steps of playbooks, reports, drills, reviews, proof."""

from __future__ import annotations

from typing import Any

from dingfen.policies.draft_rules.writing import (
    Accepted,
    Put,
    Rule,
    Topic,
    added,
    level_parts,
    levels_named,
    merged,
    titled,
)

EVERYWHERE = "-everywhere"


def plain(article: str) -> Rule:
    """Rules on incidents that say as little as they can: one level, one place, one group."""
    mark = {"unverified": True, "article": article}
    return {
        "levels": [{"id": "incident", "title": {"zh": "现场事件", "en": "Incident"}, **mark}],
        "lowering": {"by": "head", **mark},
        "places": [{"id": "site", "title": {"zh": "现场", "en": "On site"}}],
        "groups": [
            {
                "id": "response",
                "title": {"zh": "处置组", "en": "Response group"},
                "head": "head",
                "deputy": "general_manager",
                **mark,
            }
        ],
        "reach": [],
        "playbooks": [],
    }


def _levels(rules: Rule, one: Accepted) -> bool:
    found = level_parts(one.value, one.article)
    if len(found) > 1:
        rules["levels"] = found
    return len(found) > 1


def _step(rules: Rule, one: Accepted) -> bool:
    part = one.part
    if not part.get("title") and not part.get("text"):
        return False
    steps = rules.setdefault("-steps", [])
    if all(part.get("title") != other.get("title") for other, _ in steps):  # found as a step and by its time
        steps.append((part, one))
    return True


def _levelled(key: str, name: str) -> Put:
    """A part that needs levels: those it names, else all. They are known once everything is in."""
    return added(f"-{key}", name, "title", "every" if key == "drills" else "within")


def finish(rules: Rule, article: str) -> None:
    """Levels into the parts that need them; steps into one playbook per level they are for."""
    every = [each["id"] for each in rules["levels"]]
    mark = {"unverified": True, "article": article}
    for key in ("reports", "reviews", "drills"):
        for part in rules.pop(f"-{key}", []):
            levels_named(rules, part)
            rules.setdefault(key, []).append({**part, "levels": part.get("levels", every)})
    rules["reach"] = [
        {
            "id": "everybody",
            "levels": every,
            "order": ["head", "general_manager"],
            "acknowledge": {"length": "5 minutes"},
            **mark,
        }
    ]
    _playbooks(rules, every, mark)


def _playbooks(rules: Rule, every: list[str], mark: Rule) -> None:
    steps: dict[str, list[tuple[Rule, Accepted]]] = {}
    for part, one in rules.pop("-steps", []):
        levels_named(rules, part)
        steps.setdefault((part.pop("levels", None) or [EVERYWHERE])[0], []).append((part, one))
    general = steps.pop(EVERYWHERE, [])
    rest = [level for level in every if level not in steps]
    for level, own in steps.items():
        rules["playbooks"].append(_book(level, [level], own if rest else [*own, *general], mark))
    if rest:
        rules["playbooks"].append(_book("general", rest, general, mark))


def _book(name: str, levels: list[str], given: list[tuple[Rule, Accepted]], mark: Rule) -> Rule:
    steps: list[Rule] = []
    before = 0
    for part, one in given:
        order = part.pop("order", 1)
        step: dict[str, Any] = {
            "id": f"step-{len(steps) + 1}",
            "role": "head",
            "within": {"length": "10 minutes"},
        }
        step |= titled({**part, "title": part.get("title") or part.pop("text", "")}) | one.mark
        if steps and isinstance(order, int) and order == before + 1:
            step["after"] = [steps[-1]["id"]]
        before = order if isinstance(order, int) else 0
        steps.append(step)
    plain_step = {
        "id": "come",
        "title": {"zh": "到场了解情况", "en": "Come and find out"},
        "role": "head",
        "within": {"length": "10 minutes"},
        **mark,
    }
    title = {"zh": "处置步骤", "en": "What is done"}
    return {"id": f"for-{name}", "title": title, "levels": levels, "steps": steps or [plain_step], **mark}


TOPIC = Topic(
    plain,
    {
        "levels": _levels,
        "playbooks.steps": _step,
        "reports": _levelled("reports", "report"),
        "reviews": _levelled("reviews", "review"),
        "drills": _levelled("drills", "drill"),
        "supplies": added("supplies", "supply", "title", "check_every"),
        "custody": merged("custody"),
        "spokesperson": merged("spokesperson"),
    },
    finish,
)
