"""What a switchboard sends, and what it is answered.

{"call": "…", "event": "ringing" | "answered" | "ended", "number": "13912340077", "called": "02165550100",
 "at": "2026-11-18T10:00:00+08:00", "recording": "REC-20261118-0042"}

Signed as Standard Webhooks say, or with `Authorization: Bearer <token>` where the switchboard can't sign. The
answer says who calls, what is open, and whom to connect to. Told twice, it is the same call.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from dingfen.channels import accounts
from dingfen.channels.hooks import Call, Reply, as_json, forged
from dingfen.channels.models import Account
from dingfen.channels.phone.calls import ORDER, Told, note
from dingfen.channels.phone.directory import Caller, caller
from dingfen.channels.webhook.incoming import signed
from dingfen.problems import Problem

LONGEST = timedelta(days=1)


def hook(account: Account, call: Call) -> Reply:
    """Check, keep, and say who it is."""
    _check(account, call)
    told = read(call.json(), call.at)
    row = note(account, told)
    found = caller(account.company, told.number, call.at) if told.number else Caller((), False, ())
    return as_json({"call": str(row.uid), "state": row.state, **answer(found)})


def _check(account: Account, call: Call) -> None:
    secret = accounts.secret_of(account)
    token = str(secret.get("token", ""))
    given = call.headers.get("authorization", "").removeprefix("Bearer ").encode("utf-8", "replace")
    if token and hmac.compare_digest(given, token.encode()):
        return
    if not secret.get("secret") or not signed(str(secret["secret"]), call):
        raise forged()


def read(body: dict[str, Any], at: datetime) -> Told:
    """What was told. Raises Problem `hook.form` (400)."""
    event, external = str(body.get("event", "")), str(body.get("call", ""))
    if event not in ORDER or not 0 < len(external) <= 200:
        raise Problem("hook.form", 400)
    return Told(
        external=external,
        event=event,
        at=_moment(body.get("at"), at),
        number=str(body.get("number") or "")[:40],
        called=str(body.get("called") or "")[:40],
        recording=str(body.get("recording") or "")[:200],
    )


def _moment(given: Any, at: datetime) -> datetime:
    """When it was, as told; now where it is not told, or not believable."""
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        return at
    return moment if moment.tzinfo and at - LONGEST <= moment <= at + timedelta(minutes=5) else at


def answer(found: Caller) -> dict[str, Any]:
    """As a switchboard reads it: ids and masked names, and whom to connect to by user name."""
    return {
        "sure": found.sure,
        "customers": [
            {"uid": str(one.uid), "number": one.number, "name": one.masked_name} for one in found.customers
        ],
        "matters": [{"kind": one.kind, "number": one.number, "uid": str(one.uid)} for one in found.matters],
        "connect_to": [
            {
                "username": staff.username,
                "employee_number": staff.employee_number,
                "name": staff.name,
                "why": why,
            }
            for staff, why in found.connect_to
        ],
    }
