"""Letters as customers and servers write them."""

from __future__ import annotations

from email.message import EmailMessage

OURS = "service@yuanlan.example"


def letter(
    text: str = "洗车后前机盖有一道划痕，请给个说法。",
    *,
    subject: str = "洗车划痕",
    sender: str = "高敏 <gao.min@mail.example>",
    message_id: str = "<one@mail.example>",
    charset: str = "utf-8",
    html: str = "",
    **headers: str,
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, OURS, subject
    made["Date"] = "Wed, 18 Nov 2026 09:30:00 +0800"
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    if html:
        made.set_content(html, subtype="html", charset=charset)
    else:
        made.set_content(text, charset=charset)
    return made


def raw(made: EmailMessage) -> bytes:
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def bounce(original: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A delivery report as mail servers send them (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.example
To: {OURS}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{action}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain

The letter could not be delivered.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; gao.min@mail.example
Action: {action}
Status: {status}
--cut
Content-Type: text/rfc822-headers

From: {OURS}
Message-ID: {original}
Subject: Re: x
--cut--
""".replace("\n", "\r\n").encode()
