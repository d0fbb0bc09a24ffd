"""E-mail by SMTP: one plain letter a delivery, in the recipient's language."""

from __future__ import annotations

import smtplib
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import translation
from django.utils.translation import gettext as _

from dingfen.outbox.models import Delivery
from dingfen.outbox.words import message, zone_of

_TIMEOUT = 20
_OUR_SIDE = (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


class Refused(Exception):
    """The server will never take this letter; trying again is no use."""


def server(url: str) -> BaseEmailBackend:
    """The mail server at `smtp://user:password@host:port?tls=starttls` or `smtps://…`.

    Raises ValueError for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"DINGFEN_SMTP_URL must begin with smtp:// or smtps://, not {parts.scheme}://")
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=parts.hostname or "localhost",
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=parts.scheme == "smtps",
        use_tls=parse_qs(parts.query).get("tls", ["0"]) != ["0"],
        timeout=_TIMEOUT,
    )


def send(delivery: Delivery, at: datetime) -> None:
    """Hand one letter to the server. Raises Refused if it says never, else OSError or SMTPException."""
    post(compose(delivery, at), settings.SMTP_URL)


def post(letter: EmailMessage, url: str) -> None:
    """Hand a letter to the server at `url` (see `server`). Raises like `send`."""
    try:
        server(url).send_messages([letter])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Refused(f"recipient refused: {codes}") from error
        raise
    except smtplib.SMTPResponseException as error:
        if error.smtp_code >= 500 and not isinstance(error, _OUR_SIDE):
            raise Refused(f"refused: {error.smtp_code}") from error
        raise


def compose(delivery: Delivery, at: datetime) -> EmailMessage:
    """The letter. Its Message-ID stays the same when it is sent again, so that a mailbox can tell."""
    person = delivery.recipient
    words = message(delivery, language=person.language, zone=zone_of(person), at=at)
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    link = f"{settings.BASE_URL}/notices/{delivery.uid}/"
    with translation.override(person.language):
        lines = [
            _("Dear %(name)s,") % {"name": person.name},
            "",
            words.body,
            "",
            _("Open it: %(link)s") % {"link": link},
            "",
            "-- ",
            _("You get this because your notification settings ask for it. Change them: %(link)s")
            % {"link": f"{settings.BASE_URL}/notices/preferences/"},
        ]
    return EmailMessage(
        subject=" ".join(words.subject.split()),  # a line break would be a header of its own
        body="\n".join(lines),
        from_email=settings.MAIL_FROM,
        to=[person.email],
        headers={"Message-ID": f"<{delivery.uid}@{host}>", "Auto-Submitted": "auto-generated"},
    )
