"""Lint of clocks and roles: nobody responsible, no consequence, one time that cannot be kept inside another."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import get_args

from dingfen.engine.consequences import Role
from dingfen.engine.finding import Finding
from dingfen.engine.floors import days
from dingfen.engine.names import NamesRoles
from dingfen.engine.ownership import Ownership
from dingfen.engine.parts import Ruled, Text, conditions_in, own_conditions, walk
from dingfen.engine.schema import Pack

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SINGLY = 5  # so many texts without their language are told one by one
ROLES = get_args(Role)
_APPROVERS = ("head", "general_manager", "compliance")
# Facts that say something only when the rule beside them is there.
NEEDS = {
    "active_in_look_back": "look_back",
    "renewals": "protection.renewal",
    "registered_again": "registration.again",
    "co_worker": "co_workers",
    **dict.fromkeys(
        ("notified_owner", "tried_to_tell", "concealed_owner", "concealed_request", "served_for"),
        "prior_communication",
    ),
}
_OF_TELLING = {name for name, rule in NEEDS.items() if rule == "prior_communication"}


def check_clocks(rules: Ownership) -> Iterator[Finding]:
    """Findings on times, consequences and roles."""
    yield from _consequences(rules)
    yield from _inside(rules)
    yield from _people(rules)
    yield from _facts(rules)


def _consequences(rules: Ownership) -> Iterator[Finding]:
    uses = {name for condition in conditions_in(rules) for name in condition.uses}
    if rules.prior_communication and not uses & _OF_TELLING:
        params = {"duty": "prior_communication.tell"}
        yield Finding("breach_without_consequence", "warning", "ownership.prior_communication", params)
    kept = {"follow_up_due", "last_effective_follow_up"} & {rule.from_ for rule in rules.protection.lapse}
    if rules.protection.follow_up and not kept and not uses & {"followed_up", "active_in_look_back"}:
        params = {"duty": "protection.follow_up"}
        yield Finding("breach_without_consequence", "warning", "ownership.protection.follow_up", params)


def _inside(rules: Ownership) -> Iterator[Finding]:
    """Times that must end within others."""
    shortest = min((rule.after for rule in rules.protection.lapse), key=days)
    told = rules.prior_communication
    if told and days(told.tell) >= days(shortest):
        params = {"length": told.tell.length, "lapse": shortest.length}
        yield Finding("outlasts_the_hold", "error", "ownership.prior_communication.tell", params)
    if told and days(told.tell) >= days(rules.claim_window.within):
        params = {"length": told.tell.length, "every": rules.claim_window.within.length}
        yield Finding("outlasts_the_window", "warning", "ownership.prior_communication.tell", params)
    if rules.look_back and all(days(rules.look_back.within) > days(r.after) for r in rules.protection.lapse):
        params = {"length": rules.look_back.within.length}
        yield Finding("look_back_beyond_lapse", "info", "ownership.look_back.within", params)
    first = rules.registration.first_thing
    if first and first.by.total_seconds() >= 86_400:
        yield Finding("first_thing_all_day", "warning", "ownership.registration.first_thing.by")


def _people(rules: Ownership) -> Iterator[Finding]:
    for index, effect in enumerate(rules.effects):
        if effect.within is not None and effect.by is None:
            params = {"id": effect.id}
            yield Finding("clock_without_person", "warning", f"ownership.effects.{index}.within", params)
    asked = {
        "claim_window.handled_by": rules.claim_window.handled_by,
        "borrowing.approved_by": rules.borrowing.approved_by if rules.borrowing else None,
        "protection.renewal.approved_by": rules.protection.renewal and rules.protection.renewal.approved_by,
        "registration.again.confirmed_by": rules.registration.again and rules.registration.again.confirmed_by,
    }
    for where, role in asked.items():
        if role is not None and role not in _APPROVERS:
            yield Finding("role_may_not", "error", f"ownership.{where}", {"role": role})


def _facts(rules: Ownership) -> Iterator[Finding]:
    for path, part in walk(rules, "ownership"):
        for condition in own_conditions(part):
            for name in sorted(condition.uses):
                needed = NEEDS.get(name)
                if needed is not None and not _has(rules, needed):
                    yield Finding("fact_needs_rule", "warning", path, {"fact": name, "rule": needed})


def _has(rules: Ownership, path: str) -> bool:
    here: object = rules
    for step in path.split("."):
        here = getattr(here, step, None)
    return here is not None


def check_languages(pack: Pack) -> Iterator[Finding]:
    """Texts that stand in one language only; where they are many, as after a draft, once for all of them."""
    texts = [
        (f"articles.{index}.{key}", text)
        for index, article in enumerate(pack.articles)
        for key, text in (("title", article.title), ("text", article.text), ("note", article.note))
        if text is not None
    ]
    texts += [(path, part) for path, part in pack.parts() if isinstance(part, Text)]
    for language in ("zh", "en"):
        missing = [f"{where}.{language}" for where, text in texts if _is_missing(text, language)]
        if len(missing) > _SINGLY:
            params = {"language": language, "count": len(missing)}
            yield Finding(
                "language_missing_often", "warning", missing[0], params, {"texts": missing[:_SINGLY]}
            )
        else:
            for where in missing:
                yield Finding("language_missing", "warning", where, {"language": language})


def _is_missing(text: Text, language: str) -> bool:
    """The Chinese has no Chinese character, or the English has one."""
    return not _CHINESE.search(text.zh) if language == "zh" else bool(_CHINESE.search(text.en))


def check_roles(pack: Pack, held: Collection[str]) -> Iterator[Finding]:
    """Roles the rules name that nobody holds."""
    for path, part in pack.parts():
        if isinstance(part, Ruled) and not isinstance(part, NamesRoles):
            for key in ("handled_by", "approved_by", "confirmed_by", "by", "to"):
                role = getattr(part, key, None)
                if isinstance(role, str) and role in ROLES and role not in held:
                    yield Finding("role_nobody_holds", "warning", f"{path}.{key}", {"role": role})
    if pack.ownership and "general_manager" not in held:
        params = {"role": "general_manager"}
        yield Finding("role_nobody_holds", "warning", "ownership.decides.appeal.to", params)
