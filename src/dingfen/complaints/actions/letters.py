"""Letters to the customer: previewed and changed before they go, kept as they went, each with its digest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from dingfen import formats
from dingfen.accounts.access import person_of, require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff
from dingfen.cases import attachments, thread
from dingfen.cases.actions import next_number, year_of
from dingfen.cases.models import Message
from dingfen.complaints import letter_clock, watch
from dingfen.complaints.actions.common import enter, keep, lock
from dingfen.complaints.actions.thread import answered
from dingfen.complaints.belonging import CHANGED_BY, belonging
from dingfen.complaints.letters.drafting import Draft, draft
from dingfen.complaints.letters.mediating import BLANK
from dingfen.complaints.letters.owed import Owed, of_pack, waited_for
from dingfen.complaints.letters.paper import CODES, PAPERS, number_of, paper_of
from dingfen.complaints.models import CLOSED, OPEN, Channel, Complaint, Letter, Stretch
from dingfen.papers.model import Paper
from dingfen.papers.typeset import to_pdf
from dingfen.problems import invalid, missing

ANY = (*OPEN, *CLOSED)
BODY_LIMIT = 12_000
LANGUAGES = ("zh-hans", "en")
WAYS = (Channel.MAIL, Channel.LETTER, Channel.COUNTER)
Kind = Letter.Kind


@contextmanager
def written_in(complaint: Complaint, language: str) -> Iterator[None]:
    """Within: texts in this language, dates with their year, in the zone of the complaint's site."""
    with translation.override(language), formats.with_years(), timezone.override(complaint.case.unit.zone):
        yield


def drafted(complaint: Complaint, name: str, language: str, at: datetime) -> tuple[str, Draft, Owed | None]:
    """Kind, draft and what the rules owe: `name` is a letter of the pack, or one of our kinds.

    Raises at `letter`, `language`.
    """
    if language not in LANGUAGES:
        raise invalid({"language": [("invalid", {})]})
    found = of_pack(complaint, name, at)
    if found is None and name not in Kind.values:
        raise invalid({"letter": [("letter.unknown", {})]})
    kind = found.kind if found else Kind(name)
    with written_in(complaint, language):
        if found is None:
            return kind, draft(complaint, kind, at), None
        title = found.title.zh if formats.chinese() else found.title.en
        made = draft(complaint, kind, at, title=title, rights_notice=found.rights_notice, named=found.bodies)
    return kind, made, found


def preview(
    *, actor: Actor, at: datetime, complaint: Complaint, letter: str, language: str, body: str | None = None
) -> tuple[Draft, Paper]:
    """The letter as it would look if it were sent now, with this body or the draft's own."""
    require(actor, "complaint.handle", company_id=complaint.case.company_id, path=complaint.case.unit.path)
    kind, made, _owed = drafted(complaint, letter, language, at)
    shown = _with(made, body)
    sender = Staff.objects.filter(pk=actor.staff_id or 0).first()
    with written_in(complaint, language):
        return shown, paper_of(complaint, kind, shown, at, sender=sender)


@transaction.atomic
def send_letter(
    *,
    actor: Actor,
    at: datetime,
    case_uid: object,
    letter: str,
    via: str,
    language: str = "zh-hans",
    body: str | None = None,
    version: int | None = None,
) -> Letter:
    """Send a letter: by mail with the PDF attached, or printed and posted or handed over (`letter`, `counter`).

    What the rules wait for at that letter is met: acknowledged, told how it stands, told of more time.
    Raises at `letter`, `language`, `via`, `body`; `channel.none`, `channel.no_address` (409) for mail.
    """
    complaint = lock(actor, case_uid, *ANY, version=version)
    if via not in WAYS:
        raise invalid({"via": [("letter.via", {})]})
    kind, made, owed = drafted(complaint, letter, language, at)
    final, case = _with(made, body), complaint.case
    if kind == Kind.INVITATION and BLANK in final.body:
        raise invalid({"body": [("letter.blanks", {})]})
    year = year_of(case.unit, at)
    number = number_of(complaint, kind, year, next_number(case.company, f"letter-{CODES[kind]}", year))
    sender = Staff.objects.get(pk=person_of(actor))
    with written_in(complaint, language):
        pdf = to_pdf(paper_of(complaint, kind, final, at, number=number, sender=sender), settings.PAPER_FONTS)
    sealer = thread.sealer_of(case)
    words = {"title": final.title, "salutation": final.salutation, "body": final.body, "rights": final.rights}
    to = "" if kind in PAPERS else final.salutation
    text = "\n\n".join(part for part in (to, final.body, final.rights) if part)
    message = thread.add(
        actor=actor, at=at, case=case, sealer=sealer, direction=Message.Direction.OUT, channel=via,
        text=text[: thread.TEXT_LIMIT], subject=f"{final.title} {number}",
    )  # fmt: skip
    file = attachments.attach(
        actor=actor, at=at, case=case, name=f"{number.replace('/', '-')}.pdf", content=pdf, message=message
    )
    row = Letter.objects.create(
        complaint=complaint, kind=kind, owed=owed.id if owed else "", number=number, language=language, via=via,
        sealed=sealer.seal(words), attachment=file, sent_at=at, sent_by=sender,
        article=owed.article if owed else "",
    )  # fmt: skip
    thread.send(message, at)
    _met(complaint, kind, via, actor, at)
    if owed is not None:
        _clock_met(complaint, owed.id, actor, at)
    keep(complaint)
    facts = {
        "letter": str(row.uid), "kind": kind, "owed": row.owed, "number": number, "via": via, "language": language,
        "sha256": file.sha256, "message": str(message.uid), "article": row.article,
    }  # fmt: skip
    enter(complaint, actor, at, "letter.sent", facts, {"text": text})
    return row


def offered_kinds(complaint: Complaint) -> list[Letter.Kind]:
    """The kinds that make sense in this complaint: papers of a mediation once there is one, of a change likewise."""
    steps = any(one.kind == "mediation" for one in belonging(complaint, "ladder"))
    changes = bool(belonging(complaint, "changes", *CHANGED_BY))
    needs = {Kind.INVITATION: steps, Kind.MINUTES: steps, Kind.MEDIATED: steps, Kind.FAILURE: steps,
             Kind.CHANGE: changes}  # fmt: skip
    return [kind for kind in Kind if needs.get(kind, True)]


def _with(made: Draft, body: str | None) -> Draft:
    if body is None:
        return made
    text = body.strip()
    if not text:
        raise invalid({"body": [("required", {})]})
    if len(text) > BODY_LIMIT:
        raise invalid({"body": [("too_long", {"limit": BODY_LIMIT})]})
    return Draft(made.title, made.salutation, text, made.rights)


def _met(complaint: Complaint, kind: str, via: str, actor: Actor, at: datetime) -> None:
    """What a letter fulfils. An acknowledgement is no first answer; any other letter of a person is one."""
    if kind == Kind.RECEIPT:
        if complaint.state == Complaint.State.RECEIVED:
            complaint.state = Complaint.State.ACKNOWLEDGED
            keep(complaint, "state")
        watch.happened(complaint, "acknowledged", actor, at)
    elif complaint.first_answer_at is None:
        answered(complaint, actor, at)
    if kind in (Kind.PROGRESS, Kind.DELAY) and complaint.is_open:
        watch.happened(complaint, "interim_told", actor, at)
    if kind == Kind.DELAY:
        untold = complaint.stretches.filter(
            kind=Stretch.Kind.EXTENSION, approved_at__isnull=False, refused_at=None, told_at=None
        )
        untold.update(told_at=at, told_via=via)


def _clock_met(complaint: Complaint, letter: str, actor: Actor, at: datetime) -> None:
    """The clock of this letter is met; the next one that is still to be written by a time runs."""
    letter_clock.sent(complaint, letter, actor, at)
    if complaint.state != Complaint.State.MERGED:
        letter_clock.run_next(complaint, waited_for(complaint, at), actor, at)


def words_of(letter: Letter) -> Draft:
    """A letter as it was sent. Raises `case.erased` (409)."""
    told = thread.sealer_of(letter.complaint.case).open(letter.sealed)
    return Draft(told["title"], told["salutation"], told["body"], told["rights"])


def paper_sent(letter: Letter) -> Paper:
    """The paper of a letter that was sent, in its language; the PDF that went out is its attachment."""
    complaint = letter.complaint
    with written_in(complaint, letter.language):
        return paper_of(
            complaint, letter.kind, words_of(letter), letter.sent_at, number=letter.number, sender=letter.sent_by
        )  # fmt: skip


def letter_of(actor: Actor, uid: UUID) -> Letter:
    """A letter of a complaint the actor sees. Raises Problem (404)."""
    require(actor, "complaint.view")
    rows = Letter.objects.filter(complaint__in=Complaint.objects.visible_to(actor).values("pk"))
    related = ("complaint__case__unit__company", "complaint__case__company", "sent_by", "attachment")
    found = rows.select_related(*related).filter(uid=uid).first()
    if found is None:
        raise missing()
    return found
