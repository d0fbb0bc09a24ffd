"""The author's console: a story beside what the rules make of it, for a version or a rule book being written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from dingfen import formats
from dingfen.accounts import access
from dingfen.complaints import retelling as complaint_retelling
from dingfen.engine.errors import PackErrors
from dingfen.engine.retelling import retell
from dingfen.engine.scenarios import Scenario, read_scenarios
from dingfen.engine.schema import Pack, ownership_of
from dingfen.engine.trying import facts_of_scenario
from dingfen.ownership import retelling
from dingfen.packs import scenario_files
from dingfen.policies import editing, trial_form, trials
from dingfen.policies.draft_files import to_yaml
from dingfen.policies.findings import error_text
from dingfen.policies.models import PolicySource, PolicyVersion
from dingfen.policies.queries import pack_of, shipped_names
from dingfen.problems import Problem, missing, whole_number
from dingfen.web.disputes import words
from dingfen.web.disputes.card import Card, Party, colour_of, laid_out
from dingfen.web.policies.trial_words import complaint_result
from dingfen.web.policies.views import language, one
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors, problem_text

PERMISSION = "policy.backtest"


@dataclass(frozen=True)
class Bench:
    """What is tried: the rules, where its page is, the scenarios one can begin from."""

    pack: Pack
    url: str
    examples: Mapping[str, str]
    version: PolicyVersion | None = None
    source: PolicySource | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def of_version(request: Request, uid: UUID) -> HttpResponse:
    """Try a version; nothing is kept."""
    access.require(request.actor, PERMISSION)
    version = one(request, uid)
    names = shipped_names()
    examples = scenario_files(version.pack) if version.pack in names else {}
    return _try(request, Bench(pack_of(version), reverse("policy_try", args=[uid]), examples, version))


@require_http_methods(["GET", "HEAD", "POST"])
def of_source(request: Request, uid: UUID) -> HttpResponse:
    """Try a rule book being written; a story can be kept among its scenarios."""
    source = editing.sources(request.actor).filter(uid=uid).first()
    if source is None:
        raise missing()
    try:
        pack = editing.rules_of(source)
    except Problem as problem:
        toast(request, str(problem_text(problem)))
        return redirect("policy_source", uid)
    files = {
        n.removeprefix(editing.SCENARIOS): t for n, t in source.files.items() if n.startswith("scenarios/")
    }
    bench = Bench(pack, reverse("policy_source_try", args=[uid]), files, source.base, source)
    if request.POST.get("do") == "keep":
        return _keep(request, bench)
    return _try(request, bench)


def _try(request: Request, bench: Bench, refused: Problem | None = None) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    told = given.get("case", "").strip() if request.method != "POST" else ""
    as_text = given.get("as") == "text" or bench.pack.ownership is None or _is_complaint(request, bench, told)
    problem = refused
    story: Mapping[str, Any] | None = None
    values: Mapping[str, str] = given.dict()
    claimants = _claimants(values)
    try:
        if request.method != "POST":
            story = _begun(request, bench)
            if story is not None:
                values, claimants = trial_form.values_of(story)
        elif "text" in given:
            story = trials.read_story(given["text"])
        else:
            story = trial_form.story_of(values, claimants)
    except Problem as found:
        if found.status not in (404, 409, 422):
            raise
        problem = problem or found
    context = {
        "bench": bench,
        "version": bench.version,
        "as_text": as_text,
        "values": values,
        "claimants": claimants,
        "text": given.get("text") or (to_yaml(trials.as_yaml(story)) if story else _example(bench.pack)),
        "examples": _examples(bench),
        "asked": given,
        **_result(bench, story, problem),
    }
    if not as_text:
        rows = _rows(bench, values, claimants, context["errors"])
        context["rows"], context["parties"] = rows, _columns(values, claimants)
        context["more_open"] = any(row["stated"] and not row["used"] for row in rows)
    bad = problem is not None or context["faults"]
    template = "policies/trial_result.html" if request.htmx else "policies/trying.html"
    status = 200 if request.htmx or request.method != "POST" or not bad else 422
    return render(request, template, context, status=status)


def _is_complaint(request: Request, bench: Bench, case: str) -> bool:
    """Whether what one begins from is a complaint, which is told as text."""
    wanted = request.GET.get("example", "")
    example = any(each.id == wanted and each.complaint for each in _scenarios(bench)) if wanted else False
    return example or (bool(case) and complaint_retelling.knows(request.actor, case))


EXAMPLE = """staff: {seller-1: unit-1, seller-2: unit-2}
about: deal
events:
  - {at: 2026-01-05 09:14, who: seller-1, what: registered, grade: A}
  - {at: 2026-01-06 16:00, who: seller-2, what: deal}
"""


COMPLAINT_EXAMPLE = """complaint:
  received_at: 2026-01-05 09:14
  facts: {claimed_amount: 800}
  events:
    - {at: 2026-01-05 10:02, what: first_answered}
    - {at: 2026-01-07 16:30, what: decided}
"""


def _example(pack: Pack) -> str:
    """A story to begin from, about what the rule book has rules on."""
    return COMPLAINT_EXAMPLE if pack.ownership is None and pack.complaints is not None else EXAMPLE


def _claimants(values: Mapping[str, str]) -> int:
    return min(max(whole_number(values.get("claimants", "")) or 2, 2), trial_form.MOST)


def _begun(request: Request, bench: Bench) -> Mapping[str, Any] | None:
    """The story one begins from: a scenario by its id, a recorded case by its number, or none."""
    if case := request.GET.get("case", "").strip():
        return _recorded(request, case)
    wanted = request.GET.get("example", "")
    found = next((each for each in _scenarios(bench) if each.id == wanted), None)
    if found is None:
        return None
    if found.complaint is not None:
        return {"complaint": found.complaint.model_dump(by_alias=True, exclude_defaults=True)}
    calendar = editing.calendar_for(bench.pack)
    return retell(facts_of_scenario(bench.pack, found, calendar), bench.pack, calendar)


def _scenarios(bench: Bench) -> list[Scenario]:
    """The scenarios about a dispute or a complaint; none while their files do not read."""
    try:
        found = read_scenarios(bench.examples) if bench.examples else []
    except PackErrors:
        return []
    topics = bench.pack.topics
    return [
        each
        for each in found
        if (each.complaint and "complaints" in topics)
        or ((each.events or each.facts) and "ownership" in topics)
    ]


def _recorded(request: Request, case: str) -> Mapping[str, Any]:
    """A recorded dispute or complaint without names, by its number."""
    if complaint_retelling.knows(request.actor, case):
        return complaint_retelling.told(complaint_retelling.recorded(request.actor, case), request.at)
    return retelling.told(retelling.recorded(request.actor, case))


def _examples(bench: Bench) -> list[dict[str, str]]:
    return [{"id": each.id, "title": getattr(each.title, language())} for each in _scenarios(bench)]


def _columns(values: Mapping[str, str], claimants: int) -> list[dict[str, str]]:
    """The claimants of the form, with the unit of each."""
    return [
        {
            "mark": words.mark(n),
            "colour": colour_of(n),
            "unit": values.get(f"unit.{n + 1}") or f"unit-{n + 1}",
        }
        for n in range(claimants)
    ]


def _rows(
    bench: Bench, values: Mapping[str, str], claimants: int, errors: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    return [
        {
            "label": words.fact_name(row.fact.name),
            "name": row.fact.name,
            "type": row.fact.type,
            "of_case": row.fact.subject != "claim",
            "used": row.used,
            "stated": any(cell.value not in ("", "false", "0") for cell in row.cells),
            "cells": [
                {
                    "name": cell.name,
                    "value": cell.value,
                    "mark": "" if row.fact.subject != "claim" else words.mark(place),
                    "fault": errors.get(cell.name, ()),
                    "options": [(each, _option(row.fact.name, each)) for each in cell.options],
                }
                for place, cell in enumerate(row.cells)
            ],
        }
        for row in trial_form.rows(bench.pack, values, claimants)
    ]


def _option(fact: str, value: str) -> str:
    if value == trial_form.UNKNOWN:
        return gettext("unknown")
    read = {"": None, "true": True, "false": False}.get(value, value)
    return words.fact_value(fact, read)


def _parties(staff: Mapping[str, str]) -> list[Party]:
    return [Party(words.mark(n), colour_of(n), name, words.mark(n)) for n, name in enumerate(staff)]


def _result(bench: Bench, story: Mapping[str, Any] | None, problem: Problem | None) -> dict[str, Any]:
    """What the rules make of the story; or what is wrong with it."""
    shown: dict[str, Any] = {"problem": None, "errors": {}, "faults": [], "card": None, "found": []}
    if problem is not None:
        return shown | {"problem": problem_text(problem), "errors": field_errors(problem)}
    if story is None:
        return shown
    try:
        tried = trials.attempt(bench.pack, story)
    except Problem as refused:
        return shown | {"problem": problem_text(refused), "errors": field_errors(refused)}
    except PackErrors as errors:
        return shown | {"faults": [{"key": each.key, "text": error_text(each)} for each in errors.errors]}
    if tried.scenario.complaint is not None:
        return shown | {"told": complaint_result(bench.pack, tried.found["complaint"], language())}
    if tried.ruling is None:
        return shown | {"found": [(k, v) for k, v in tried.found.items() if v not in (None, {}, [], ())]}
    card = laid_out(_parties(tried.scenario.staff), tried.ruling, bench.pack)
    if bench.version is not None:
        card.policy_url = reverse("policy", args=[bench.version.uid])
    return shown | {"card": card, **_consequences(card, tried.ruling, _titles(bench.pack))}


def _titles(pack: Pack) -> dict[str, str]:
    """What effects and sanctions are called; an effect without a title goes by its kind."""
    own = ownership_of(pack)
    parts: list[Any] = [*own.effects, *own.sanctions]
    return {part.id: getattr(part.title, language()) for part in parts if part.title is not None}


def _money(due: Mapping[str, Any]) -> str:
    return formats.money(Decimal(str(due["amount"])), due["currency"]) if due["amount"] else ""


def _consequences(card: Card, ruling: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    names = {side.uid: side.mark for side in card.sides}
    deciders = ruling["deciders"] or {}
    rows = []
    for due in ruling["effects"]:
        amount = _money(due)
        who = due["by"] if due["kind"] == "duty" else due["to"]
        rows.append(
            (
                due["id"],
                words.EFFECTS.get(due["kind"]) or words.choice("kind", due["kind"]),
                who,
                amount,
                due["article"],
            )
        )
    for one_ in ruling["sanctions"]:
        amount = _money(one_)
        measure = words.MEASURES.get(one_["measure"], one_["measure"])
        rows.append((one_["sanction"], measure, [one_["staff"]], amount, one_["article"]))
    return {
        "mode": words.MODES.get(deciders.get("mode", ""), ""),
        "mode_article": deciders.get("article", ""),
        "follows": [
            {
                "title": titles.get(key, what),
                "what": what if key in titles else "",
                "who": " ".join(names.get(each, each) for each in who),
                "amount": amount,
                "article": article,
            }
            for key, what, who, amount, article in rows
        ],
    }


def _keep(request: Request, bench: Bench) -> HttpResponse:
    """Keep what is tried as a scenario, with what the rules make of it now."""
    assert bench.source is not None
    given = request.POST
    try:
        if "text" in given:
            story = trials.read_story(given["text"])
        else:
            story = trial_form.story_of(given.dict(), _claimants(given.dict()))
        trials.keep(
            actor=request.actor,
            at=request.at,
            source_uid=bench.source.uid,
            story=story,
            title=given.get("title", "").strip()[:120],
            title_en=given.get("title_en", "").strip()[:120],
        )
    except (Problem, PackErrors) as refused:
        if isinstance(refused, Problem) and refused.status not in (409, 422):
            raise
        return _try(request, bench, refused if isinstance(refused, Problem) else None)
    toast(request, gettext("Kept among the scenarios"))
    name = f"{editing.SCENARIOS}{trials.FILE}.yaml"
    return redirect(f"{reverse('policy_source', args=[bench.source.uid])}?file={name}")


@require_POST
def make_scenario(request: Request) -> HttpResponse:
    """One click on a recorded dispute or complaint: a scenario without names in a rule book being written."""
    case, uid = request.POST.get("case", ""), request.POST.get("source", "")
    if not uid:
        access.require(request.actor, editing.PERMISSION)
        _recorded(request, case)
        toast(request, gettext("Begin a rule book first; then choose it here."))
        return redirect("policy_sources")
    room: Any = complaint_retelling if complaint_retelling.knows(request.actor, case) else retelling
    kept = room.make_scenario(actor=request.actor, at=request.at, case=case, source_uid=uid)
    toast(request, gettext("Kept among the scenarios"))
    name = f"{editing.SCENARIOS}{room.FILE}.yaml"
    return redirect(f"{reverse('policy_source', args=[kept.uid])}?file={name}")
