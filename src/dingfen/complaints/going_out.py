"""Answers go out to customers by the channel chosen; who has only a phone hears of what stands on a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from dingfen.cases import thread
from dingfen.cases.models import Message
from dingfen.channels import sending
from dingfen.channels.models import Account, Channel, Sent
from dingfen.complaints.models import Complaint
from dingfen.complaints.notices import tell
from dingfen.complaints.people import desk
from dingfen.complaints.representing import addressee
from dingfen.parties.sealing import sealer

SENT_BY = {
    "mail": Channel.MAIL,
    "wecom": Channel.WECOM,
    "dingtalk": Channel.DINGTALK,
    "feishu": Channel.FEISHU,
    "sms": Channel.SMS,
    "chat": Channel.WEBHOOK,
    "social": Channel.WEBHOOK,
    "api": Channel.WEBHOOK,
}
"""How messages of this room go out -> the channel that carries them."""
SMS_SIGNS = 300
_PREFIX = "message:"
_STATES = {Sent.State.BOUNCED: "failed", Sent.State.CANCELLED: "failed"}


def sender_by(channel: str) -> Callable[[Message, datetime], None]:
    """What sends a message of a thread by one channel: queues it with its cause (`cases.thread.senders`)."""

    def send(message: Message, at: datetime) -> None:
        company, case_uid = message.company_id, message.case.uid
        if _only_noted(company, channel, case_uid):
            return
        told = thread.opened(message)
        sending.queue(
            company_id=company,
            channel=channel,
            case_uid=case_uid,
            key=f"{_PREFIX}{message.uid}",
            at=at,
            text=_short(message, str(told.get("text", "")))
            if channel == Channel.SMS
            else str(told.get("text", "")),
            subject=_subject(message, str(told.get("subject", ""))) if channel == Channel.MAIL else "",
            to=_address(message, channel),
            files=[
                {"name": one.name, "type": one.content_type, "blob": one.blob} for one in message.files.all()
            ],
        )
        message.sent_state = "queued"
        message.save(update_fields=["sent_state"])

    return send


def _only_noted(company_id: int, channel: str, case_uid: UUID) -> bool:
    """Whether it was said elsewhere and this only notes it: by the own switchboard, by hand from a phone."""
    if channel == Channel.WEBHOOK:
        return not sending.written(company_id, channel, case_uid)
    return channel == Channel.SMS and not Account.objects.filter(
        company_id=company_id, channel=channel, on=True
    )


def _short(message: Message, text: str) -> str:
    """What a text message carries: the answer where it is short, else where it can be read."""
    return text if len(text) <= SMS_SIGNS and not message.files.exists() else _where(message)


def tell_of_answer(message: Message, at: datetime) -> None:
    """An answer on the public page is read when somebody looks; who left a phone or an e-mail is told of it.

    What is sent names the case and the page, nothing that was said.
    """
    complaint = Complaint.objects.select_related("case").filter(case=message.case_id).first()
    known = reached_of(complaint) if complaint else {}
    on = set(Account.objects.filter(company_id=message.company_id, on=True).values_list("channel", flat=True))
    ways = ((Channel.MAIL, known.get("email")), (Channel.SMS, known.get("phone")))
    channel, to = next(((way, to) for way, to in ways if to and way in on), ("", ""))
    if channel and to and Channel.WEB in on:
        sending.queue(
            company_id=message.company_id, channel=channel, case_uid=message.case.uid, to=str(to), at=at,
            key=f"told:{message.uid}", text=_where(message), subject=_subject(message, ""), automatic=True,
        )  # fmt: skip


def _where(message: Message) -> str:
    """That there is an answer and where, in the language of the complaint."""
    complaint = Complaint.objects.select_related("case__company").get(case=message.case_id)
    page = Account.objects.filter(company_id=message.company_id, channel=Channel.WEB, on=True).first()
    at = f" {settings.BASE_URL}/complain/{page.slug}/follow/" if page else ""
    with translation.override(complaint.language):
        said = _("There is an answer for you in %(number)s.") % {"number": message.case.number}
        return f"{said}{at}"


def _subject(message: Message, subject: str) -> str:
    """A letter carries the number of its case, so that an answer finds its way."""
    number = message.case.number
    return subject if number in subject else f"{subject} [{number}]".strip()


def _address(message: Message, channel: str) -> str:
    """Where it goes when the customer has never written this way: the e-mail or phone they left."""
    left = {Channel.MAIL: "email", Channel.SMS: "phone"}.get(Channel(channel))
    if left is None or sending.written(message.company_id, channel, message.case.uid):
        return ""
    complaint = Complaint.objects.select_related("case").filter(case=message.case_id).first()
    return reached_of(complaint).get(left, "") if complaint else ""


def reached_of(complaint: Complaint) -> dict[str, str]:
    """Name, phone and e-mail of whom letters go to: the representative, the heir, the complainant; {} once erased."""
    key = sealer(complaint.case.uid)
    return addressee(key.open(complaint.sealed)) if key else {}


def note_state(row: Sent, at: datetime) -> None:
    """Show beside a message whether it went out; who handles the complaint is told when it did not."""
    if not row.key.startswith(_PREFIX):
        return
    state = _STATES.get(Sent.State(row.state), row.state)
    message = Message.objects.filter(uid=row.key.removeprefix(_PREFIX)).select_related("case").first()
    if message is None:
        return
    Message.objects.filter(pk=message.pk).update(sent_state=state)
    complaint = Complaint.objects.select_related("case", "handler").filter(case=message.case_id).first()
    if state == "failed" and complaint is not None:
        people = [complaint.handler] if complaint.handler else desk(message.case, at)
        tell(people, "complaint.undelivered", complaint, at=at, key=str(message.uid))
