"""One entry: what it says, where it stands, and the proof of it."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from dingfen.accounts import access
from dingfen.books import queries
from dingfen.problems import Problem, conflict, missing
from dingfen.register import exporting, signing
from dingfen.register.bodies import Body, BodyError
from dingfen.register.exportfile import Trust, verify_proof
from dingfen.register.kinds import words
from dingfen.register.looks import record_look
from dingfen.register.models import Checkpoint, Entry, PersonalDatum
from dingfen.register.queries import find_entry
from dingfen.register.words import explain_proof
from dingfen.web import subjects
from dingfen.web.errors import is_part
from dingfen.web.register.pages import borrow_page
from dingfen.web.register.people import names_of
from dingfen.web.request import Request


def find(request: Request) -> HttpResponse:
    """From a number to its entry: BOOK-YYYYMMDD-NNNN, as papers and other pages give it."""
    access.require(request.actor, "register.view")
    found = find_entry(request.GET.get("q", ""))
    if found is None or not _of_company(request, found):
        raise missing()
    return redirect("register_entry", found.name)


def entry(request: Request, name: str) -> HttpResponse:
    """An entry with proof. On another site's page it is shown only while that page is borrowed."""
    access.require(request.actor, "register.view")
    found = _entry(request, name)
    if not queries.may_read(request.actor, found.page, request.at):
        return borrow_page(request, found.page)
    record_look(
        at=request.at,
        actor_id=request.actor.uid,
        company=found.company_uid,
        kind="register.entry",
        subject=found.uid,
        book=found.page.book,
    )
    return render(request, "register/entry.html", _context(request, found))


@require_POST
def verify_entry(request: Request, name: str) -> HttpResponse:
    """Check the entry's bytes against the latest checkpoint that covers it, now."""
    access.require(request.actor, "register.verify")
    found = _readable(request, name)
    verdict = verify_proof(_proof(found).to_text(), Trust(keys=signing.chain().keys))
    context = {"verdict": verdict, "lines": explain_proof(verdict, get_language() or "")}
    if is_part(request):
        return render(request, "register/verdict.html", context)
    return render(request, "register/entry.html", _context(request, found) | context)


def proof(request: Request, name: str) -> HttpResponse:
    """The entry's proof as a file that `dingfen-verify` checks offline."""
    access.require(request.actor, "register.view")
    found = _readable(request, name)
    response = HttpResponse(_proof(found).to_text(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{found.pk}.tlog-proof"'
    return response


def _entry(request: Request, name: str) -> Entry:
    found = find_entry(name)
    if found is None or not _of_company(request, found):
        raise missing()
    return found


def _of_company(request: Request, entry: Entry) -> bool:
    return queries.company_books(request.actor).filter(pk=entry.page.book_id).exists()


def _readable(request: Request, name: str) -> Entry:
    found = _entry(request, name)
    if not queries.may_read(request.actor, found.page, request.at):
        raise Problem("page.borrow_first", 403)
    return found


def _proof(entry: Entry) -> Any:
    try:
        return exporting.prove(entry)
    except LookupError as error:
        raise conflict("proof.too_early") from error


def _context(request: Request, entry: Entry) -> dict[str, Any]:
    body = _body(entry)
    subject = subjects.resolve(request.actor, [(entry.subject_type, entry.subject_uid)])
    named = subject.get((entry.subject_type, entry.subject_uid))
    people = names_of(request.actor, {entry.actor_uid, entry.subject_uid})
    covered = Checkpoint.objects.filter(size__gt=entry.pk).order_by("size").first()
    return {
        "entry": entry,
        "body": body,
        "words": words(entry.kind),
        "who": people.get(entry.actor_uid, ""),
        "subject": named,
        "subject_name": named.number if named else people.get(entry.subject_uid, ""),
        "corrects": entry.corrects,
        "corrections": entry.corrections.select_related("page__book"),
        "checkpoint": covered,
        "personal": _personal(entry, body),
        "leaf": bytes(entry.leaf).hex(),
        "raw": _pretty(entry),
    }


def _body(entry: Entry) -> Body | None:
    try:
        return Body.decode(bytes(entry.body))
    except BodyError:
        return None


def _personal(entry: Entry, body: Body | None) -> str:
    """What has become of the personal data the entry commits to."""
    if body is None or body.personal is None:
        return ""
    kept = PersonalDatum.objects.filter(pk=entry.pk).exists()
    return (
        gettext("Kept apart, committed to by its digest") if kept else gettext("Shredded; the digest stays")
    )


def _pretty(entry: Entry) -> str:
    raw = bytes(entry.body)
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except ValueError:
        return raw.decode(errors="replace")
