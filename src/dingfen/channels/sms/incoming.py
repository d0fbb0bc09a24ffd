"""Text messages that a gateway brings. Each gateway names things its own way: a form or JSON, one or several at once.

The common names are known; an account may name the fields itself (`from_field`, `text_field`, `id_field`). The gateway
shows the account's key in the address (`?key=…`) or as `Authorization: Bearer …`, and is answered what it waits for.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from dingfen.channels import accounts, chats, sending, taking
from dingfen.channels.addresses import number
from dingfen.channels.hooks import Call, Reply, forged
from dingfen.channels.models import Account, Received, Sent
from dingfen.channels.port import Receiver
from dingfen.channels.secrets import unseal
from dingfen.matching import parse_phones
from dingfen.problems import Problem

MOST, DEEP = 500, 4
NAMES: Mapping[str, tuple[str, ...]] = {
    "from": ("from", "phone", "mobile", "sender", "msisdn", "phonenumber", "srcid", "usermobile"),
    "text": ("text", "content", "message", "body", "msg", "smscontent", "msgcontent"),
    "id": ("id", "msgid", "messageid", "messagesid", "smsid", "sequenceid", "moid"),
}
"""What a field is called, small and without signs between -> what gateways call it."""
REPORTS = frozenset(
    {"reportstatus", "reporttime", "reportcode", "donetime", "dlr", "deliverystatus", "messagestatus"}
)
STATES = frozenset(
    {"status", "stat", "state", "smsstatus", "errcode", "code", "desc", "statusdesc", "type", "event"}
)
DELIVERED = frozenset({"DELIVRD", "DELIVERED", "ACCEPTD", "ENROUTE", "SENT", "REPORT"})
FAILED = frozenset(
    {"UNDELIV", "UNDELIVERED", "UNDELIVERABLE", "EXPIRED", "REJECTD", "REJECTED", "DELETED", "FAILED"}
)
"""How gateways tell that a text of ours went or not, beside its number and sometimes words: no message of anybody."""
_UID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OPT_OUT = frozenset({"T", "TD", "R", "N", "退订", "STOP", "UNSUBSCRIBE"})
"""Somebody wants no more messages: the gateway sees to it, and it is no complaint. A single letter that follows a
message of ours is an answer to it."""


def hook(account: Account, call: Call) -> Reply:
    """Check the key, keep every message that says who wrote what. A report that a text of ours failed is noted."""
    _check(account, call)
    told = list(items(call))
    reports = [one for one in told if reported(account, one)]
    found = [said for one in told if one not in reports and (said := _said(account, one))]
    if len(found) > MOST:
        # the gateway keeps them and brings fewer at once: none is dropped unseen
        raise Problem("hook.form", 413)
    for one in found:
        _keep(account, one, call.at)
    for report in reports:
        if reported(account, report) == "failed":
            _came_back(account, report, call.at)
    answer = str(account.settings.get("answer") or "OK")
    return Reply(answer.encode(), "application/json" if answer[:1] in "{[" else "text/plain; charset=utf-8")


def _check(account: Account, call: Call) -> None:
    key = str(accounts.secret_of(account).get("key_in", ""))
    shown = call.query.get("key", "") or call.headers.get("authorization", "").removeprefix("Bearer ")
    if not key or not hmac.compare_digest(shown.encode("utf-8", "replace"), key.encode()):
        raise forged()


def items(call: Call) -> Iterator[Mapping[str, Any]]:
    """The messages of one call. Raises Problem `hook.form` (400) for what is neither JSON nor a form."""
    body = call.body.strip()
    if body[:1] in (b"{", b"["):
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Problem("hook.form", 400) from error
        yield from _objects(told)
        return
    try:
        form = body.decode("utf-8")
    except UnicodeDecodeError:
        form = body.decode("gb18030", "replace")
    yield {**call.query, **dict(parse_qsl(form, keep_blank_values=True))}


def _objects(told: Any, deep: int = DEEP) -> Iterator[Mapping[str, Any]]:
    """Every object, wherever a gateway wraps it: messages stand beside reports, in a list, in `data` of an answer."""
    if isinstance(told, dict):
        yield told
    if deep and isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from _objects(one, deep - 1)


def field(account: Account, told: Mapping[str, Any], name: str) -> str:
    """A field of a message, by the account's own name for it or one that gateways use."""
    own = str(account.settings.get(f"{name}_field") or "")
    wanted = (own.lower(),) if own else NAMES[name]
    plain = {_plain(key): value for key, value in told.items()}
    found = next((plain[key] for key in map(_plain, wanted) if plain.get(key) not in (None, "")), "")
    return str(found).replace("\0", "") if isinstance(found, str | int) else ""


def _plain(name: object) -> str:
    return str(name).lower().replace("_", "").replace("-", "")


def _said(account: Account, told: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Who wrote what, and what the gateway calls it; None for what is no message."""
    phone, text = field(account, told, "from")[:40], field(account, told, "text")
    if not text.strip() or not parse_phones(phone)[0]:
        return None
    return number(phone), text, field(account, told, "id")


def reported(account: Account, told: Mapping[str, Any]) -> str:
    """Whether it reports what became of a text of ours: `failed`, `told` (it went, or is on its way), or nothing.

    A message may have a state too (`received`), so that only what can be a report's counts.
    """
    plain = {_plain(key): str(value).strip() for key, value in told.items() if isinstance(value, str | int)}
    states = {plain.get(name, "").upper() for name in (*STATES, *REPORTS)} | {field(account, told, "text")}
    if states & FAILED:
        return "failed"
    return "told" if states & DELIVERED or any(plain.get(name) for name in REPORTS) else ""


def _came_back(account: Account, told: Mapping[str, Any], at: datetime) -> None:
    """Mark the text of ours it names (by the number we gave it: `{id}`) as not delivered; who handles is told."""
    named = {str(value) for value in told.values() if _UID.fullmatch(str(value))}
    rows = Sent.objects.filter(account=account, uid__in=named, state=Sent.State.SENT)
    if rows.update(state=Sent.State.BOUNCED, bounced_at=at):
        came_back = Sent.objects.filter(account=account, uid__in=named, bounced_at=at)
        sending.changed(came_back.select_related("account"), at)


def _keep(account: Account, said: tuple[str, str, str], at: datetime) -> None:
    """Keep it once. A gateway without numbers of its own sends the same once more when it got no answer: within the
    hour it is one. Some call the sender's account `id`: words and sender belong to what tells a message again."""
    sender, text, mark = said
    same = f"{mark or f'{at:%Y%m%d%H}'}\n{sender}\n{text}"
    chats.keep(account, at=at, external=same, sender=sender, text=text, hints={"phone": sender})


def take(row: Received, receiver: Receiver, at: datetime) -> None:
    """Hand it over: to the matter about which its sender and we wrote last, either way, within the week."""
    text = str(unseal(row.sealed, of=str(row.uid)).get("text", "")).strip().upper()
    written = _written(row, at)
    if text in OPT_OUT and not (written and len(text) == 1):
        taking.ignored(row, "opt_out")
        return
    chats.take(row, receiver, at, written=written)


def _written(row: Received, at: datetime) -> chats.Turn | None:
    """When and in which matter we last wrote to this number; what never went out nobody answers."""
    ours = Sent.objects.filter(account_id=row.account_id, who=row.who, queued_at__gte=at - chats.TOGETHER)
    ours = ours.exclude(state__in=(Sent.State.FAILED, Sent.State.CANCELLED)).exclude(case_uid=None)
    return ours.order_by("-pk").values_list("queued_at", "case_uid").first()
