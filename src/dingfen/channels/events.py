"""Events of cases for who subscribed to them: read from the register in its order, so that none is missed.

How far an account has read moves in the transaction that queues its messages. An event says which case and
what happened, as the register does: ids and codes, never names or words of a customer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import translation

from dingfen.channels import accounts
from dingfen.channels.models import Account, Channel, Sent
from dingfen.channels.secrets import seal
from dingfen.register import kinds
from dingfen.register.models import Entry

BATCH = 100
PLACES = {"complaint": "complaints/{uid}/", "dispute": "disputes/{uid}/", "customer": "customers/{uid}/"}
"""Kind of subject -> the page that shows it; of any other the entry itself is shown."""


def tell(at: datetime) -> bool:
    """Queue what has happened for every account that subscribed; whether there may be more."""
    more, newest = False, now()
    for account in Account.objects.filter(on=True).exclude(settings__events=None).select_related("company"):
        if account.settings.get("events") and account.cursor.get("seq") != newest:
            more |= _tell(account, newest, at)
    return more


def now() -> int:
    """The newest entry: a subscription begins after it."""
    return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or -1


@transaction.atomic
def _tell(account: Account, newest: int, at: datetime) -> bool:
    held = Account.objects.select_for_update(of=("self",)).select_related("company").get(pk=account.pk)
    seen = held.cursor.get("seq")
    if seen is None:
        accounts.moved(held, {**held.cursor, "seq": newest})
        return False
    found = Entry.objects.filter(company_uid=held.company.uid, seq__gt=seen, seq__lte=newest)
    entries = list(found.select_related("page__book").order_by("seq")[:BATCH])
    if not entries:  # others' entries alone: not to be looked at again
        accounts.moved(held, {**held.cursor, "seq": max(seen, newest)})
        return False
    wanted = tuple(str(one) for one in held.settings["events"])
    rows = [_row(held, entry, at) for entry in entries if entry.kind.startswith(wanted)]
    Sent.objects.bulk_create([row for row in rows if row], ignore_conflicts=True)
    accounts.moved(held, {**held.cursor, "seq": entries[-1].seq})
    return len(entries) == BATCH


def _row(account: Account, entry: Entry, at: datetime) -> Sent | None:
    row = Sent(account=account, key=f"event:{account.uid}:{entry.seq}", queued_at=at, next_at=at)
    if account.channel == Channel.WEBHOOK:
        extra: dict[str, Any] = {"event": event_of(entry)}
    elif robot := accounts.secret_of(account).get("robot"):
        extra = {"robot": robot}
    else:
        return None
    row.sealed = seal(
        {"to": "", "text": words_of(entry, language_of(account)), "extra": extra}, of=str(row.uid)
    )
    return row


def language_of(account: Account) -> str:
    """The language a group reads, as set on its account; Chinese where nothing is said."""
    return "en" if account.settings.get("language") == "en" else "zh-hans"


def event_of(entry: Entry) -> dict[str, Any]:
    """An entry as a subscriber reads it."""
    facts = orjson.loads(bytes(entry.body)).get("facts", {})
    return {
        "type": entry.kind,
        "timestamp": entry.recorded_at.isoformat(),
        "data": {
            "entry": entry.name,
            "occurred_at": entry.occurred_at.isoformat(),
            "subject": {"type": entry.subject_type, "uid": str(entry.subject_uid)},
            "facts": facts,
        },
    }


def words_of(entry: Entry, language: str = "zh-hans") -> str:
    """One line for a group: what happened, to which matter, and where to open it. No names, no words of a customer."""
    number = str(orjson.loads(bytes(entry.body)).get("facts", {}).get("number", ""))
    with translation.override(language):
        what = kinds.words(entry.kind)
    place = PLACES.get(entry.subject_type, f"register/entries/{entry.name}/")
    return (
        f"{' '.join(filter(None, (what, number)))} {settings.BASE_URL}/{place.format(uid=entry.subject_uid)}"
    )
