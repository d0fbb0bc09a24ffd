"""Variables in saved replies: {number}, {customer}, … Known names only; checked when a text is saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dingfen import formats
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Unit
from dingfen.cases.actions import zone_of
from dingfen.complaints import watch
from dingfen.complaints.actions.handling import told_of
from dingfen.complaints.models import Complaint
from dingfen.complaints.models import Promise as Promised
from dingfen.complaints.rules import rules_of
from dingfen.parties.sealing import sealer
from dingfen.problems import invalid

NAMED = re.compile(r"\{([^{}]*)\}")
LONGEST = 4000


@dataclass(frozen=True, slots=True)
class About:
    """What a variable may tell: of whom, who writes, when, in which language."""

    complaint: Complaint
    actor: Actor
    at: datetime
    chinese: bool

    def day(self, moment: datetime | None) -> str:
        return formats.day(moment.astimezone(zone_of(self.complaint.case.unit)).date()) if moment else ""

    def title(self, parts: str, name: str) -> str:
        rules = rules_of(self.complaint)
        found = (
            next((one for one in getattr(rules.complaints, parts) if one.id == name), None) if rules else None
        )
        return str(found.title.zh if self.chinese else found.title.en) if found else name

    def unit(self, unit: Unit) -> str:
        return unit.name if self.chinese else unit.name_en or unit.name


@dataclass(frozen=True, slots=True)
class Variable:
    words: str | Promise
    value: Callable[[About], str]


def _deadline(about: About) -> str:
    clock = watch.live(about.complaint).order_by("deadline").first()
    return formats.when(clock.deadline) if clock else ""


def _issues(about: About) -> str:
    key = sealer(about.complaint.case.uid)
    titles = [
        str(key.open(one.sealed).get("title", "")) if key else "" for one in about.complaint.issues.all()
    ]
    return ("、" if about.chinese else ", ").join(filter(None, titles))


def _promise(about: About) -> str:
    key = sealer(about.complaint.case.uid)
    row = about.complaint.promises.filter(state=Promised.State.OPEN).order_by("due_at").first()
    return str(key.open(row.sealed).get("what", "")) if row and key else ""


VARIABLES: dict[str, Variable] = {
    "number": Variable(_("number of the complaint"), lambda a: a.complaint.case.number),
    "customer": Variable(
        _("name of who complains"), lambda a: str(told_of(a.complaint).get("complainant", {}).get("name", ""))
    ),
    "product": Variable(_("product or service"), lambda a: a.complaint.product),
    "order": Variable(
        _("number of the order or contract"), lambda a: str(told_of(a.complaint).get("order_number", ""))
    ),
    "handler": Variable(_("who writes"), lambda a: a.actor.name),
    "unit": Variable(_("our unit"), lambda a: a.unit(a.complaint.case.unit)),
    "received": Variable(_("day it was received"), lambda a: a.day(a.complaint.received_at)),
    "today": Variable(_("today's date"), lambda a: a.day(a.at)),
    "deadline": Variable(_("next deadline"), _deadline),
    "class": Variable(pgettext_lazy("variable", "class"), lambda a: a.title("classes", a.complaint.klass)),
    "level": Variable(pgettext_lazy("variable", "level"), lambda a: a.title("levels", a.complaint.level)),
    "issues": Variable(pgettext_lazy("variable", "issues"), _issues),
    "promise": Variable(_("what was promised and is open"), _promise),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled; those without a value here still stand in braces (`missing`)."""

    text: str
    missing: tuple[str, ...] = ()


def check(text: str, field: str) -> str:
    """The text trimmed. Raises at the field: `variable.unknown`, `variable.brace`, `too_long`."""
    text = text.strip()
    if len(text) > LONGEST:
        raise invalid({field: [("too_long", {"limit": LONGEST})]})
    for name in NAMED.findall(text):
        if name not in VARIABLES:
            known = ", ".join(f"{{{one}}}" for one in VARIABLES)
            raise invalid({field: [("variable.unknown", {"name": name, "known": known})]})
    if "{" in (rest := NAMED.sub("", text)) or "}" in rest:
        raise invalid({field: [("variable.brace", {})]})
    return text


def fill(zh: str, en: str, complaint: Complaint, actor: Actor, at: datetime) -> Filled:
    """The text in the customer's language (in the other where it has none), with values for variables."""
    chinese = bool(zh) and (complaint.language != "en" or not en)
    missing: list[str] = []
    with translation.override("zh-hans" if chinese else "en"):
        about = About(complaint, actor, at, chinese)

        def value(match: re.Match[str]) -> str:
            found = VARIABLES[match[1]].value(about) if match[1] in VARIABLES else ""
            if not found:
                missing.append(match[1])
            return found or match[0]

        text = NAMED.sub(value, zh if chinese else en)
    return Filled(text, tuple(dict.fromkeys(missing)))
