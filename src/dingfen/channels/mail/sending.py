"""An answer as a letter, in the thread of what it answers, by the mail server of the account."""

from __future__ import annotations

from email.utils import formataddr
from urllib.parse import quote

from django.conf import settings
from django.core.mail import EmailMessage

from dingfen import blobs
from dingfen.channels import accounts
from dingfen.channels.models import Account, Sent
from dingfen.channels.sending import Outgoing, message_id_of
from dingfen.outbox import mail


def send(row: Sent, outgoing: Outgoing) -> None:
    """Hand the letter to the server. Raises `outbox.mail.Refused` if it says never, else OSError or SMTPException."""
    mail.post(compose(row, outgoing), server_of(row.account))


def compose(row: Sent, outgoing: Outgoing) -> EmailMessage:
    """The letter. Its Message-ID stays the same when it is sent again."""
    account = row.account
    sender = str(account.settings.get("sender") or account.company.name)
    headers = {"Message-ID": message_id_of(row)}
    if outgoing.answers:
        headers["In-Reply-To"] = outgoing.answers
    if outgoing.thread:
        headers["References"] = " ".join(outgoing.thread)
    if outgoing.automatic:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    letter = EmailMessage(
        subject=" ".join(outgoing.subject.split()),  # a line break would be a header of its own
        body=outgoing.text,
        from_email=formataddr((_one_line(sender), str(account.settings["address"]))),
        to=[formataddr((_one_line(outgoing.name), outgoing.to)) if outgoing.name else outgoing.to],
        headers=headers,
    )
    for file in outgoing.files:
        letter.attach(file["name"], blobs.load(file["blob"]), file["type"])
    return letter


def test(account: Account) -> None:
    """Sign in to the server that sends. Raises OSError (SMTPException is one) or ValueError."""
    if url := server_of(account):
        line = mail.server(url)
        line.open()
        line.close()


def try_out(account: Account, to: str, text: str) -> None:
    """Send one letter that says it is a test. Raises like `send`."""
    sender = str(account.settings.get("sender") or account.company.name)
    headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    letter = EmailMessage(
        subject=_one_line(text)[:60],
        body=text,
        from_email=formataddr((_one_line(sender), str(account.settings["address"]))),
        to=[to],
        headers=headers,
    )
    mail.post(letter, server_of(account))


def server_of(account: Account) -> str:
    """The address of the server that sends for an account; the installation's own where it names none."""
    told = account.settings
    if not told.get("smtp_host"):
        return settings.SMTP_URL
    secret = accounts.secret_of(account)
    user = str(told.get("smtp_user") or told.get("user", ""))
    password = str(secret.get("smtp_password") or secret.get("password", ""))
    tls = str(told.get("smtp_tls", "tls"))
    sign_in = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user and tls != "none" else ""
    scheme = "smtps" if tls == "tls" else "smtp"
    port = int(told.get("smtp_port") or (465 if tls == "tls" else 587))
    return f"{scheme}://{sign_in}{told['smtp_host']}:{port}{'?tls=starttls' if tls == 'starttls' else ''}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
