"""Codes that confirm how somebody on the public page is reached: six digits, sent, counted, soon over.

Without one a complaint is taken all the same; it is marked as not confirmed. Only a keyed digest of a code is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from dingfen.accounts import limits
from dingfen.accounts.models import Unit
from dingfen.channels import sending
from dingfen.channels.models import Account, Channel, Confirmation
from dingfen.channels.secrets import digest
from dingfen.formats import chinese

DIGITS, HOLDS, TRIES = 6, timedelta(minutes=10), 5
TO_ONE, TO_ONE_A_DAY, FROM_ONE, FROM_ALL = 3, 6, 10, 300
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAYS = {"phone": Channel.SMS, "email": Channel.MAIL}


def way(account: Account, phone: str, email: str) -> str:
    """By what a code can reach them: `phone` before `email`; nothing where the page asks for none or has no way."""
    if not account.settings.get("confirm"):
        return ""
    ways = Account.objects.filter(company_id=account.company_id, on=True, channel__in=WAYS.values())
    ready = {one.channel for one in ways if one.channel != Channel.MAIL or one.settings.get("smtp_host")}
    told = {"phone": phone, "email": email}
    return next((by for by, channel in WAYS.items() if told[by] and channel in ready), "")


def may_send(account: Account, to: str, remote: str, at: datetime) -> bool:
    """Whether one more code goes to this number or address now; called before the transaction that sends it."""
    who = digest("confirm", to.lower())
    counts = (
        (f"code>{who[:40]}", TO_ONE, HOUR),
        (f"code>>{who[:40]}", TO_ONE_A_DAY, DAY),
        (f"code@{remote}", FROM_ONE, HOUR),
        (f"code#{account.pk}", FROM_ALL, HOUR),
    )
    return all(limits.hit(key, most, per, at).allowed for key, most, per in counts)


@transaction.atomic
def send(account: Account, case_uid: UUID, by: str, to: str, at: datetime) -> Confirmation:
    """Queue a new code; an earlier one no longer holds. Raises Problem `channel.none`."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row, _made = Confirmation.objects.select_for_update().get_or_create(
        case_uid=case_uid,
        defaults={"account": account, "by": by, "sent_at": at, "expires_at": at, "sent": 0},
    )
    row.account, row.by, row.who = account, by, digest(WAYS[by], to.lower())
    row.digest = _digest(row, code)
    row.sent_at, row.expires_at, row.tries, row.sent = at, at + HOLDS, 0, row.sent + 1
    row.save()
    sending.queue(
        company_id=account.company_id, channel=WAYS[by], case_uid=case_uid, to=to, at=at, automatic=True,
        key=f"confirm:{row.uid}:{row.sent}", subject=_("Your confirmation code"),
        text=_("%(code)s is your code for %(company)s. It holds for 10 minutes; tell nobody.")
        % {"code": code, "company": _name(account.company)},
    )  # fmt: skip
    return row


@dataclass(frozen=True, slots=True)
class Checked:
    """`result`: `right`, or why not: `wrong`, `over` (its time), `spent` (too many tries), `none` was sent."""

    result: str
    by: str = ""


def check(account: Account, case_uid: UUID, typed: str, at: datetime) -> Checked:
    """Whether this is the code. A try is counted before it is compared, so that many at once count as many."""
    row = Confirmation.objects.filter(account=account, case_uid=case_uid, confirmed_at=None).first()
    if row is None:
        return Checked("none")
    if row.expires_at <= at:
        return Checked("over")
    held = Confirmation.objects.filter(pk=row.pk, digest=row.digest, tries__lt=TRIES)
    if not held.update(tries=F("tries") + 1):
        return Checked("spent")
    code = "".join(sign for sign in typed if sign.isdigit())
    if not constant_time_compare(row.digest, _digest(row, code)):
        return Checked("wrong")
    Confirmation.objects.filter(pk=row.pk).update(confirmed_at=at, digest="")
    return Checked("right", row.by)


def _digest(row: Confirmation, code: str) -> str:
    return digest("confirm", str(row.uid), code)


def _name(company: Unit) -> str:
    return company.name if chinese() or not company.name_en else company.name_en
