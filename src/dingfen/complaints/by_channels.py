"""This room's end of the channels: what comes in becomes a complaint or joins one.

A file that a case cannot take (a program, an archive, too large) never keeps the words from being taken: it
is named below them instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction

from dingfen import filetypes
from dingfen.accounts.models import Unit
from dingfen.cases import thread
from dingfen.cases.models import Attachment, Case
from dingfen.channels.models import Channel
from dingfen.channels.port import Incoming
from dingfen.complaints.actions.intake import Complainant, File, receive
from dingfen.complaints.actions.thread import receive_message
from dingfen.complaints.models import Complaint
from dingfen.problems import Problem

Made = TypeVar("Made")
AS_HERE = {Channel.WEBHOOK.value: "api"}
"""Names of channels that this room calls otherwise."""


class Intake:
    """A `channels.port.Receiver`: registers complaints."""

    def by_number(self, company: Unit, number: str) -> UUID | None:
        cases = Case.objects.filter(company=company, kind=Case.Kind.COMPLAINT, number=number)
        return cases.values_list("uid", flat=True).first()

    def new(self, incoming: Incoming, at: datetime) -> UUID:
        def register(files: tuple[File, ...], text: str) -> UUID:
            got = receive(
                actor=None,
                unit=incoming.unit,
                at=at,
                channel=_channel(incoming),
                text=text,
                key=incoming.external,
                subject=incoming.subject,
                complainant=complainant_of(incoming),
                remedy=incoming.hints.get("remedy", ""),
                place=incoming.hints.get("place", ""),
                recording=incoming.hints.get("recording", ""),
                said_at=incoming.occurred_at,
                files=files,
                language=language_of(incoming.text),
            )
            return got.complaint.case.uid

        return _with_files(incoming, register)

    def add(self, case_uid: UUID, incoming: Incoming, at: datetime) -> bool:
        def join(files: tuple[File, ...], text: str) -> bool:
            receive_message(
                actor=None,
                at=at,
                case_uid=case_uid,
                channel=_channel(incoming),
                text=text,
                key=incoming.external,
                subject=incoming.subject,
                said_at=incoming.occurred_at,
                files=files,
            )
            return True

        here = Attachment.objects.filter(case__uid=case_uid).values_list("sha256", flat=True)
        known = set(here.filter(added_by=None))
        news = tuple(one for one in incoming.files if hashlib.sha256(one.content).hexdigest() not in known)
        try:
            return _with_files(replace(incoming, files=news), join)
        except Problem as problem:
            if problem.code in ("case.erased", "not_visible"):
                return False
            raise


def _channel(incoming: Incoming) -> str:
    return AS_HERE.get(incoming.channel, incoming.channel)


def complainant_of(incoming: Incoming) -> Complainant:
    """Who complains, as far as the channel knows."""
    sender, hints = incoming.sender, incoming.hints
    known = {"mail": "email", "phone": "phone", "sms": "phone", "wechat": "wechat"}.get(sender.kind)
    told = {name: hints.get(name, "") for name in ("phone", "email", "wechat", "address", "employer")}
    if known and not told[known]:
        told[known] = sender.value
    return Complainant(name=hints.get("name") or sender.name, **told)


def language_of(text: str) -> str:
    """Chinese where there is a Chinese sign, else English."""
    return "zh-hans" if any("\u3400" <= sign <= "\u9fff" for sign in text) or not text else "en"


def _with_files(incoming: Incoming, act: Callable[[tuple[File, ...], str], Made]) -> Made:
    """Act with the files that a case takes; the names of the others, and too long a text, stand with it."""
    text, more = _fitting(incoming.text)
    files = tuple({one.content: File(one.name, one.content) for one in incoming.files}.values())
    taken = tuple(one for one in files if _fits(one))
    left = [*incoming.left_out, *(one.name for one in files if one not in taken)]
    try:
        with transaction.atomic():
            return act((*more, *taken), _told(text, left))
    except Problem as problem:
        if not problem.code.startswith("attachment.") or problem.status == 503:
            raise
    every = [*incoming.left_out, *(one.name for one in files)]
    return act((), _told(text, every))


def _fits(file: File) -> bool:
    try:
        filetypes.type_of(file.name, file.content)
    except Problem:
        return False
    return len(file.content) <= settings.ATTACHMENT_LIMIT


def _fitting(text: str) -> tuple[str, tuple[File, ...]]:
    """A text longer than a message goes on in a file, whole."""
    if len(text) <= thread.TEXT_LIMIT - 2000:
        return text, ()
    return text[: thread.TEXT_LIMIT - 2000], (File("message.txt", text.encode()),)


def _told(text: str, left_out: Iterable[str]) -> str:
    names = list(left_out)[:20]
    words = (text.strip() and text) or "—"
    return f"{words}\n\n[未保存的附件 · attachments not kept: {', '.join(names)}]" if names else words


def known_of(complaint: Complaint) -> dict[str, Any]:
    """How the complainant can be reached: name, phone, email …; {} once erased."""
    from dingfen.parties import sealing

    sealer = sealing.sealer(complaint.case.uid)
    return dict(sealer.open(complaint.sealed).get("complainant", {})) if sealer else {}
