"""A policy owner turns a written rule into a draft pack: everything proposed waits for a person's yes."""

from __future__ import annotations

import hashlib
from datetime import datetime
from math import isfinite
from typing import Any, Literal
from uuid import UUID

import opencc
from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Staff, Unit
from dingfen.engine.sources import Source, read_yaml
from dingfen.policies.documents import Unreadable, text_of
from dingfen.policies.models import PolicyDraft
from dingfen.problems import conflict, invalid, missing
from dingfen.register.append import append

PERMISSION = "policy.publish"
LONGEST = 500_000  # characters
Decision = Literal["open", "accepted", "changed", "dropped"]


def drafts(actor: Actor) -> Any:
    """The drafts of the actor's company, newest first. Raises Problem (403)."""
    require(actor, PERMISSION)
    return PolicyDraft.objects.filter(company_id=actor.company_id).order_by("-id")


@transaction.atomic
def start_draft(
    *, actor: Actor, at: datetime, title: str = "", text: str = "", data: bytes = b"", file_name: str = ""
) -> PolicyDraft:
    """Read a file or pasted text and keep what was found. Raises Problem (422) with the field."""
    require(actor, PERMISSION)
    if data:
        try:
            text = text_of(data, file_name)
        except Unreadable as problem:
            raise invalid({"file": [(f"draft.{problem.code}", {})]}) from problem
    if not text.strip():
        raise invalid({"text": [("draft.no_text", {})]})
    if len(text) > LONGEST:
        raise invalid({"text" if not data else "file": [("draft.too_large", {})]})
    from dingfen.engine.draft import draft  # its many phrases are compiled for who drafts, not at every start

    found = draft(text, opencc.OpenCC("t2s").convert).as_json()
    company = Unit.objects.get(pk=actor.company_id or 0)
    made = PolicyDraft.objects.create(
        company=company,
        title=(title.strip() or file_name.rpartition(".")[0] or text.strip().splitlines()[0])[:120],
        file_name=file_name[:200],
        text=text,
        articles=found["articles"],
        findings=[{**one, "decision": "open"} for one in found["findings"]],
        made_by=Staff.objects.filter(pk=actor.staff_id or 0).first(),
        made_at=at,
    )
    append(
        book=book_of(company, at=at, actor_id=actor.uid),
        kind="policy.drafted",
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("policy_draft", made.uid),
        facts={
            "text": hashlib.sha256(text.encode()).hexdigest(),
            "articles": len(made.articles),
            "findings": len(made.findings),
        },
    )
    return made


@transaction.atomic
def settle(
    *,
    actor: Actor,
    at: datetime,
    draft_uid: UUID | str,
    number: int,
    decision: Decision,
    value: str = "",
    version: int | None = None,
) -> PolicyDraft:
    """Accept, change, drop or open again the finding at place `number`. `value`: YAML, for `changed`.

    Raises Problem: 404, 409 (`version.stale`), 422 with the field `value`.
    """
    found = _locked(actor, draft_uid)
    if version is not None and version != found.version:
        raise conflict("version.stale")
    if not 0 <= number < len(found.findings):
        raise missing()
    finding = {key: kept for key, kept in found.findings[number].items() if key != "changed"}
    if decision == "changed":
        finding["changed"] = _value(value)
    found.findings[number] = {**finding, "decision": decision}
    return _saved(found)


@transaction.atomic
def accept_sure(
    *, actor: Actor, at: datetime, draft_uid: UUID | str, at_least: float
) -> tuple[PolicyDraft, int]:
    """Accept every open proposal that is at least this sure (0 to 1) and not doubtful; how many that were."""
    found = _locked(actor, draft_uid)
    count = 0
    for finding in found.findings:
        sure = finding["confidence"] >= at_least and not finding["doubtful"]
        if finding["decision"] == "open" and finding["proposal"] and sure:
            finding["decision"] = "accepted"
            count += 1
    return _saved(found), count


def ask_model(*, actor: Actor, draft_uid: UUID | str) -> list[dict[str, Any]]:
    """What the language model proposes beyond what the draft has, for `add_proposals`. Nothing is written.

    Not inside a transaction: it waits for another machine. Raises Problem 404, 409 `draft.model_off`,
    `draft.model_silent`.
    """
    from dingfen.policies import language_model  # brings all phrases of the reading, which no start waits for

    asked: PolicyDraft | None = drafts(actor).filter(uid=draft_uid).first()
    if asked is None:
        raise missing()
    try:
        return language_model.proposals(asked.articles, asked.text, asked.findings)
    except language_model.NoAnswer as problem:
        raise conflict("draft.model_off" if str(problem) == "off" else "draft.model_silent") from problem


@transaction.atomic
def add_proposals(
    *, actor: Actor, at: datetime, draft_uid: UUID | str, found: list[dict[str, Any]]
) -> tuple[PolicyDraft, int]:
    """Add what `ask_model` gave; how many are new. Raises Problem (404)."""
    kept = _locked(actor, draft_uid)
    known = {(one["kind"], one["start"], one["end"]) for one in kept.findings}
    new = [one for one in found if (one["kind"], one["start"], one["end"]) not in known]
    # at the end of the list: a finding is named by its place, which somebody may have open on a page
    kept.findings += [{**one, "decision": "open"} for one in new]
    return _saved(kept), len(new)


def _locked(actor: Actor, uid: UUID | str) -> PolicyDraft:
    found: PolicyDraft | None = drafts(actor).select_for_update().filter(uid=uid).first()
    if found is None:
        raise missing()
    return found


def _saved(found: PolicyDraft) -> PolicyDraft:
    found.version += 1
    found.save(update_fields=["findings", "version"])
    return found


def _value(text: str) -> Any:
    """YAML typed by a person, as plain data; read as a pack is, so that nothing repeats or nests without end."""
    if not text.strip():
        raise invalid({"value": [("required", {})]})
    if len(text) > 4000:
        raise invalid({"value": [("draft.value_long", {})]})
    value, errors = read_yaml("value", text, Source())
    if errors:
        raise invalid({"value": [("draft.yaml", {"line": errors[0].line})]})
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return value
    return str(value)  # a date is written as it was typed; no database keeps .nan as a number
