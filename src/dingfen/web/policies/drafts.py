"""From a written rule to a draft pack: the text at the left, what it would become at the right."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dingfen.accounts import access
from dingfen.policies import drafting
from dingfen.policies.draft_files import accepted, files, to_yaml, zipped
from dingfen.policies.models import PolicyDraft
from dingfen.problems import Problem, missing
from dingfen.web.errors import into_form
from dingfen.web.policies.draft_values import key_words, said
from dingfen.web.policies.draft_words import DOUBTS, KINDS, KINDS_AT_LEFT, MEASURES
from dingfen.web.policies.rule_words import lines
from dingfen.web.request import Request
from dingfen.web.toasts import toast
from dingfen.wording import field_errors

SURE = 0.85
SHOWN = 100


class DraftForm(forms.Form):
    """A file or pasted text."""

    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=120,
        help_text=_("Left empty: the name of the file, or the first line."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Word (.docx), PDF or text, in Chinese or English."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.pdf,.txt,.md"}),
    )
    text = forms.CharField(
        label=_("Or paste the text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


@require_safe
def index(request: Request) -> HttpResponse:
    """The drafts of the company, newest first."""
    rows = drafting.drafts(request.actor).defer("text").select_related("made_by")[:SHOWN]
    return render(request, "policies/drafts.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Give a file or paste a text."""
    access.require(request.actor, drafting.PERMISSION)
    form = DraftForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        file = given["file"]
        try:
            made = drafting.start_draft(
                actor=request.actor,
                at=request.at,
                title=given["title"],
                text=given["text"],
                data=file.read() if file else b"",
                file_name=file.name if file else "",
            )
            return redirect("policy_draft", made.uid)
        except Problem as problem:
            into_form(problem, form)
    return render(request, "policies/draft_new.html", {"form": form}, status=422 if form.errors else 200)


def _one(request: Request, uid: UUID) -> PolicyDraft:
    found: PolicyDraft | None = drafting.drafts(request.actor).filter(uid=uid).first()
    if found is None:
        raise missing()
    return found


@require_safe
def detail(request: Request, uid: UUID) -> HttpResponse:
    """Articles with their proposals; `show=open` leaves out what is settled, `show=all` brings duties and roles."""
    found = _one(request, uid)
    show = request.GET.get("show", "rules")
    context = {
        "draft": found,
        "show": show,
        "model": bool(settings.MODEL_URL),
        "clauses": [row for row in _clauses(found, show) if show != "open" or row["findings"]],
        "settled": found.proposed_count - found.open_count,
        "sure": sum(
            one["decision"] == "open"
            and bool(one["proposal"])
            and one["confidence"] >= SURE
            and not one["doubtful"]
            for one in found.findings
        ),
    }
    return render(request, "policies/draft.html", context)


def _clauses(found: PolicyDraft, show: str) -> list[dict[str, Any]]:
    by_article: dict[str, list[dict[str, Any]]] = {}
    for number, finding in enumerate(found.findings):
        by_article.setdefault(finding["article"], []).append(shown(finding, number))
    rows = []
    for article in found.articles:
        if found.text[article["start"] : article["end"]].strip() == found.title:
            continue
        all_of = by_article.get(article["id"], [])
        kept = [one for one in all_of if _kept(one, show)]
        parts = _parts(found.text, article, all_of, {one["number"] for one in kept})
        rows.append({"article": article, "parts": parts, "findings": kept, "heading": _heads(article, found)})
    return rows


def _heads(article: dict[str, Any], found: PolicyDraft) -> bool:
    """Whether it is the title of a chapter: one line, with articles beneath it and nothing found in it."""
    above = f"{article['id']}."
    return (
        "\n" not in article["text"].strip()
        and (article["id"] == "0" or any(other["id"].startswith(above) for other in found.articles))
        and not any(one["article"] == article["id"] for one in found.findings)
    )


def _kept(one: dict[str, Any], show: str) -> bool:
    if show == "all":
        return True
    return bool(one["proposal"]) and (show == "rules" or one["decision"] == "open")


def shown(finding: dict[str, Any], number: int) -> dict[str, Any]:
    """A finding with its words and its proposal as YAML."""
    proposal = finding["proposal"]
    value = finding["value"]
    changed = finding.get("changed")
    rule = (changed if finding["decision"] == "changed" else proposal["value"]) if proposal else None
    path = f"{proposal['topic']}.{proposal['key']}" if proposal else ""
    yaml = _yaml(rule) if proposal else ""
    return {
        **finding,
        "number": number,
        "label": KINDS[finding["kind"]],
        "shown": said(finding["kind"], value, finding.get("unit", "")),
        "measures": MEASURES.get(finding["of"], finding["of"]),
        "percent": round(finding["confidence"] * 100),
        "doubt": DOUBTS.get(finding["doubtful"], ""),
        "key": path,
        "yaml": yaml,
        "rows": min(yaml.count("\n") + 2, 16),
        "rule": key_words(path) if proposal else "",
        "lines": [one for one in lines(path, rule) if one.label not in rule]
        if isinstance(rule, dict)
        else [],
        "confirm": _to_confirm(proposal) if proposal else [],
    }


def _to_confirm(proposal: dict[str, Any]) -> list[str]:
    path = f"{proposal['topic']}.{proposal['key']}"
    named = ((name, key_words(path, name)) for name in proposal["to_confirm"])
    return [
        gettext("the value") if said == name else re.sub(r"（[a-z_]+）| \([a-z_]+\)", "", said)
        for name, said in named
    ]


def _yaml(value: Any) -> str:
    return to_yaml(value).removesuffix("\n").removesuffix("\n...")


def _parts(
    text: str, article: dict[str, Any], findings: list[dict[str, Any]], kept: set[int]
) -> list[dict[str, Any]]:
    """The article cut at its quantities, each linked to what was found; `kept`: the numbers the page shows."""
    parts: list[dict[str, Any]] = []
    at = article["start"]
    for one in sorted(findings, key=lambda each: each["start"]):
        if one["kind"] not in KINDS_AT_LEFT or one["start"] < at or one["end"] > article["end"]:
            continue
        parts += [
            {"text": text[at : one["start"]]},
            {
                "text": text[one["start"] : one["end"]],
                "finding": one,
                "shown": one["number"] in kept,
            },
        ]
        at = one["end"]
    return [part for part in [*parts, {"text": text[at : article["end"]]}] if part["text"]]


@require_POST
def settle(request: Request, uid: UUID, number: int) -> HttpResponse:
    """Accept, change, drop or open again one finding; htmx gets the finding alone back."""
    decision, value = request.POST.get("decision", ""), request.POST.get("value", "")
    if decision not in {"open", "accepted", "changed", "dropped"}:
        raise missing()
    errors: dict[str, Any] = {}
    try:
        found = drafting.settle(
            actor=request.actor, at=request.at, draft_uid=uid, number=number,
            decision=decision, value=value,  # type: ignore[arg-type]
        )  # fmt: skip
    except Problem as problem:
        if problem.status != 422:
            raise
        found, errors = _one(request, uid), field_errors(problem)
    if not request.htmx and not errors:
        return redirect(f"{reverse('policy_draft', args=[uid])}#f{number}")
    context = {"draft": found, "one": shown(found.findings[number], number), "errors": errors, "typed": value}
    return render(request, "policies/draft_settled.html", context, status=422 if errors else 200)


@require_POST
def accept(request: Request, uid: UUID) -> HttpResponse:
    """Accept all open proposals that are sure enough."""
    _found, count = drafting.accept_sure(actor=request.actor, at=request.at, draft_uid=uid, at_least=SURE)
    toast(request, ngettext("%(n)s rule accepted", "%(n)s rules accepted", count) % {"n": count})
    return redirect("policy_draft", uid)


@require_POST
def ask(request: Request, uid: UUID) -> HttpResponse:
    """The language model of the installation, if there is one, adds proposals."""
    try:
        found = drafting.ask_model(actor=request.actor, draft_uid=uid)
    except Problem as problem:
        if problem.status != 409:
            raise
        toast(request, gettext("The language model did not answer. The draft is as it was."))
        return redirect("policy_draft", uid)
    _kept, count = drafting.add_proposals(actor=request.actor, at=request.at, draft_uid=uid, found=found)
    toast(request, ngettext("%(n)s proposal added", "%(n)s proposals added", count) % {"n": count})
    return redirect("policy_draft", uid)


@require_safe
def download(request: Request, uid: UUID) -> HttpResponse:
    """The pack folder as an archive: articles, and the rules that were accepted."""
    found = _one(request, uid)
    content = files(found.title, found.file_name or gettext("text"), found.articles, accepted(found.findings))
    response = HttpResponse(zipped(content), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="pack.zip"'
    return response
