"""Figures of complaints: the same cards, narrowed by level, class and channel; told apart; promises by person (B13)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dingfen import formats
from dingfen.accounts.models import Unit
from dingfen.complaints.models import Channel
from dingfen.complaints.rules import Rules, rules_at
from dingfen.insight import complaint_tables as tables
from dingfen.insight.complaint_figures import FIGURES
from dingfen.insight.scope import Scope
from dingfen.insight.values import compared
from dingfen.web.complaints.words import choices, classes
from dingfen.web.insight import views, words
from dingfen.web.request import Request

TITLES = {
    "level": _("by level"),
    "klass": _("by class"),
    "product": _("by product or service"),
    "channel": _("by channel"),
    "unit": _("by unit"),
}
NARROW = ("level", "klass", "channel")


def narrowed(request: Request, scope: Scope) -> Scope:
    """The scope, with what is chosen of level, class and channel; a class brings all below it."""
    chosen: list[tuple[str, Any]] = []
    rules = _rules(request)
    for name in NARROW:
        value = request.GET.get(name, "")[:60]
        if value and name == "klass" and rules is not None:
            own = rules.complaints
            below = tuple(one.id for one in own.classes if value in own.line_of(one.id))
            chosen.append(("klass__in", below or (value,)))
        elif value:
            chosen.append((name, value))
    return replace(scope, narrowed=tuple(chosen), own=True)


def _rules(request: Request) -> Rules | None:
    unit = request.user.unit
    return rules_at(unit, request.at) if unit else None


@require_safe
def index(request: Request) -> HttpResponseBase:
    scope = narrowed(request, views.asked(request))
    counted = [(figure, *compared(figure, scope)) for figure in FIGURES]
    if form := request.GET.get("export"):
        if request.GET.get("of") in tables.BY:
            return _export_groups(request, scope, request.GET["of"], form)
        return views.export_figures(request, scope, counted, form)
    rules = _rules(request)
    own = rules.complaints if rules else None
    frame = views.frame(request, scope)
    kept = {name: request.GET[name] for name in NARROW if request.GET.get(name)}
    context = frame | {
        "kept": "&".join(filter(None, [frame["kept"], urlencode(kept)])),
        "shown": [words.shown(*each) for each in counted],
        "groups": [(by, TITLES[by], _labelled(request, by, tables.groups(by, scope))) for by in tables.BY],
        "promising": tables.promising(scope),
        "narrow": [
            ("level", _("every level"), choices(own.levels) if own else [], kept.get("level", "")),
            ("klass", _("every class"), classes(rules), kept.get("klass", "")),
            ("channel", _("every channel"), Channel.choices, kept.get("channel", "")),
        ],
    }
    return render(request, "insight/complaints.html", context)


def _labelled(request: Request, by: str, groups: list[tables.Group]) -> list[tables.Group]:
    """The groups with their keys in words."""
    rules = _rules(request)
    if by == "unit":
        rows = Unit.objects.filter(uid__in=[one.key for one in groups])
        found: dict[Any, Any] = {
            one.uid: (one.name if formats.chinese() else one.name_en or one.name) for one in rows
        }
    elif by == "channel":
        found = {value: str(label) for value, label in Channel.choices}
    else:
        parts = (choices(rules.complaints.levels) if by == "level" else classes(rules)) if rules else []
        found = dict(parts)
    none = pgettext("product", "not named") if by == "product" else gettext("not graded")
    return [replace(one, label=str(found.get(one.key, one.key) or none)) for one in groups]


def _export_groups(request: Request, scope: Scope, by: str, form: str) -> HttpResponseBase:
    shares = ("decided", "reopened", "handling", "outcome", "upheld")
    titles = (
        gettext("Decided in time"), gettext("Reopened"), gettext("Satisfied, handling"),
        gettext("Satisfied, outcome"), pgettext("figure", "Upheld"),
    )  # fmt: skip
    head = [str(TITLES[by]), pgettext("figure", "Received")]
    for title in titles:
        head += [title, gettext("Out of")]

    def lines() -> Iterator[list[Any]]:
        for one in _labelled(request, by, tables.groups(by, scope)):
            yield [one.label, one.received, *(number for name in shares for number in getattr(one, name))]

    return views.file(request, scope, f"complaints.{by}", str(TITLES[by]), head, lines(), form)
