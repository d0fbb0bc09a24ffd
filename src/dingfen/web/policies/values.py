"""The form of a rule book's values, beside its source: what changes is shown first and then saved."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dingfen.engine.key_texts import text_of
from dingfen.engine.schema import TOPICS
from dingfen.engine.values import HEADER, Group, Value, Words, listed
from dingfen.policies.bases import bases_of
from dingfen.policies.models import PolicySource
from dingfen.policies.valuing import Faults, Form, change_values, dotted, form_of, same, with_values
from dingfen.problems import Problem, invalid, whole_number
from dingfen.web.policies.sources import check_parts, one_source
from dingfen.web.policies.value_fields import Field, in_words, label_of, shown, typed
from dingfen.web.policies.views import language
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors


@dataclass(frozen=True)
class Change:
    """One value before and after."""

    titles: str
    label: str
    before: str
    after: str


@require_http_methods(["GET", "POST"])
def values(request: Request, uid: UUID) -> HttpResponse:
    """One section; posted once to show what changes, and again, unchanged, to save it."""
    source = one_source(request, uid)
    form = form_of(source.files)
    topic, section = _chosen(request, form)
    if form is None or request.method != "POST":
        return _show(request, source, form, topic, section)
    groups = form.groups(topic, section)
    faults: Faults = {}
    posted = {value.path: typed(value, request.POST, faults) for group in groups for value in group.values}
    given = {value.path: plain for value, plain in _differing(groups, posted)}
    try:
        made = _made(source, given, faults)
        if request.POST.get("do") == "save" and request.POST.get("shown") == _digest(given):
            return _save(request, source, given, topic, section)
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        errors = field_errors(problem) or {"": [str(problem)]}
        return _show(request, source, form, topic, section, posted, errors, status=problem.status)
    return _show(request, source, form, topic, section, posted, texts=made, given=given)


def _chosen(request: Request, form: Form | None) -> tuple[str, str]:
    topic, section = request.GET.get("topic", ""), request.GET.get("section", "")
    known = form.sections if form else {}
    if topic not in known:
        topic = next((each for each in known if each != HEADER), HEADER)
    some = known.get(topic, [""])
    return topic, section if section in some else some[0] if some else ""


def _differing(groups: list[Group], posted: Mapping[Any, Any]) -> Iterator[tuple[Value, Any]]:
    for group in groups:
        for value in group.values:
            plain = posted[value.path]
            if not same(value, plain) and not (plain is None and value.written is None):
                yield value, plain


def _made(source: PolicySource, given: Mapping[Any, Any], faults: Faults) -> dict[str, str]:
    if faults:
        raise invalid(faults)
    return with_values(
        source.files, {dotted(path): plain for path, plain in given.items()}, bases_of(source.company_id)
    )


def _save(
    request: Request, source: PolicySource, given: Mapping[Any, Any], topic: str, section: str
) -> HttpResponse:
    change_values(
        actor=request.actor, at=request.at, source_uid=source.uid,
        given={dotted(path): plain for path, plain in given.items()},
        version=whole_number(request.POST.get("version", "")),
    )  # fmt: skip
    toast(request, gettext("Saved"))
    return redirect(f"{reverse('policy_source_values', args=[source.uid])}?topic={topic}&section={section}")


def _digest(given: Mapping[Any, Any]) -> str:
    """What was shown is what is saved: anything typed in between is shown first."""
    plain = {dotted(path): value for path, value in given.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _show(
    request: Request,
    source: PolicySource,
    form: Form | None,
    topic: str,
    section: str,
    posted: Mapping[Any, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    *,
    texts: dict[str, str] | None = None,
    given: Mapping[Any, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    groups = form.groups(topic, section) if form and section else []
    fields = [(group, _fields(group, posted or {}, errors or {})) for group in groups]
    known = {field.name for _, some in fields for field in some}
    context = {
        "source": source,
        "names": sorted(source.files),
        "readable": form is not None,
        "topics": _topics(form, topic, section),
        "parts": _parts(fields, source, form),
        "topic": topic,
        "section": section,
        "errors": [text for name, some in (errors or {}).items() if name not in known for text in some],
        "wrong": bool(errors),
        "changes": list(_changes(groups, given)) if given is not None else None,
        "lines": _lines(source.files, texts) if texts else [],
        "digest": _digest(given) if given else "",
        **check_parts(source, texts or source.files),
    }
    return render(request, "policies/values.html", context, status=status)


def _fields(group: Group, posted: Mapping[Any, Any], errors: Mapping[str, list[str]]) -> list[Field]:
    made = []
    for value in group.values:
        field = shown(value, posted.get(value.path, value.holds), language())
        field.errors = list(errors.get(field.name, ()))
        made.append(field)
    return made


def _parts(
    fields: list[tuple[Group, list[Field]]], source: PolicySource, form: Form | None
) -> list[dict[str, Any]]:
    """The parts as the page shows them; the heading of a list only once, the article with its text."""
    articles = {str(each.get("id")): each for each in listed(form.source.data if form else {}, "articles")}
    tongue, made, seen = language(), [], ""
    for group, some in fields:
        titles = [label_of(title, tongue)[0] for title in group.titles]
        about = articles.get(group.article, {})
        made.append(
            {
                "above": titles[-2] if len(titles) > 1 and titles[-2] != seen else "",
                "title": titles[-1] if titles else "",
                "hint": group.hint,
                "article": group.article,
                "text": _in(about.get("text"), tongue),
                "fields": [each for each in some if each.open],
                "more": [each for each in some if not each.open],
            }
        )
        seen = titles[-2] if len(titles) > 1 else titles[-1] if titles else ""
    return made


def _in(text: Any, tongue: str) -> str:
    return str(text.get(tongue, "")) if isinstance(text, dict) else ""


def _topics(form: Form | None, topic: str, section: str) -> list[dict[str, Any]]:
    """The ways to the sections, by topic."""
    made = []
    for each, keys in (form.sections if form else {}).items():
        model = "Pack" if each == HEADER else TOPICS[each].__name__
        names: list[tuple[str, Words]] = [
            (key, text_of("Pack" if key == each else model, key)) for key in keys
        ]
        made.append(
            {
                "name": each,
                "title": gettext("About this rule book")
                if each == HEADER
                else label_of(text_of("Pack", each), language())[0],
                "current": each == topic,
                "sections": [
                    {
                        "name": key,
                        "title": label_of(title, language())[0],
                        "current": (each, key) == (topic, section),
                    }
                    for key, title in names
                ],
            }
        )
    return made


def _changes(groups: list[Group], given: Mapping[Any, Any]) -> Iterator[Change]:
    tongue = language()
    for group in groups:
        for value in group.values:
            if value.path in given:
                titles = " › ".join(label_of(each, tongue)[0] for each in group.titles)
                before, after = (
                    in_words(value, value.holds, tongue),
                    in_words(value, given[value.path], tongue),
                )
                yield Change(titles, label_of(value.title, tongue)[0], before, after)


def _lines(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str]]:
    """The lines of the source that change: (sign, text)."""
    return [
        (line[0], line[1:])
        for name, text in after.items()
        if text != before[name]
        for line in difflib.unified_diff(before[name].splitlines(), text.splitlines(), lineterm="", n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
