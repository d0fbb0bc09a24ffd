"""The last afternoon of the demo: one complaint from the public page, one by e-mail with a paper."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

from dingfen.accounts.models import Unit
from dingfen.channels import taking
from dingfen.channels.jobs import READERS
from dingfen.channels.mail.reading import read
from dingfen.channels.models import Account, Channel
from dingfen.channels.secrets import digest
from dingfen.channels.web_form import codes
from dingfen.complaints.actions.intake import Complainant, receive
from dingfen.complaints.by_channels import Intake

ON_THE_PAGE = "10 月订的车说好周三能提，到店才说还没到，前台让我再等通知。我请了半天假，希望给个准日子，并说明为什么没有提前告诉我。"
BY_MAIL = "上周做完保养，右后门出现一道约 8 厘米的划痕，保养前没有。附上交接单，请核对当时的检查记录并修复。"


def arrive(site: Unit, slug: str, at: dt.datetime) -> None:
    """`site` gets them; the mailbox is off, because there is no server."""
    company = site.company or site
    page = Account.objects.create(
        company=company, unit=site, channel=Channel.WEB, name="公开投诉页", slug=slug, since=at
    )
    got = receive(
        actor=None, unit=site, at=at - dt.timedelta(hours=2), channel=Channel.WEB, text=ON_THE_PAGE, key="demo-web",
        complainant=Complainant(name="丁予安", phone="13957160328"), remedy="说明原因", place=site.name,
    )  # fmt: skip
    codes.issue(page, got.complaint.case.uid, at)
    box = Account.objects.create(
        company=company, unit=site, channel=Channel.MAIL, name="客服邮箱", on=False, since=at,
        settings={"address": f"service@{slug}.example", "host": "localhost", "user": "service", "tls": "tls"},
    )  # fmt: skip
    raw = _letter(at - dt.timedelta(hours=1))
    letter = read(raw, most_bytes=1 << 20)
    who, name = digest(Channel.MAIL, letter.sender), digest(letter.message_id)
    taking.keep(box, at=at, external=letter.fingerprint, who=who, message_id=name, raw=raw)
    taking.take_one(at, receiver=Intake(), readers=READERS)


def _letter(at: dt.datetime) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"] = "韩书禾 <han.shuhe@mail.example>", "service@yuanlan.example"
    letter["Subject"], letter["Message-ID"] = "保养后车门划痕", "<demo-1@mail.example>"
    letter["Date"] = at
    letter.set_content(BY_MAIL)
    letter.add_attachment("交接单 2026\n右后门：完好\n", filename="交接单.txt")
    return bytes(letter)
