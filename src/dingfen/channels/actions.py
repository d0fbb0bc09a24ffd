"""Setting up channels: only an administrator, each change an entry, no secret in any of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from dingfen import calls
from dingfen.accounts import access
from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Unit
from dingfen.channels import accounts, events
from dingfen.channels.kinds import KINDS, Field
from dingfen.channels.models import Account, Channel, Received, Sent
from dingfen.channels.sms import sending as sms
from dingfen.matching import parse_phones
from dingfen.outbox.mail import Refused
from dingfen.problems import conflict, invalid, missing
from dingfen.register.append import append

PERMISSION = "channel.manage"
SHORTEST = 20
CHOICES = {"tls": ("tls", "starttls", "none"), "language": ("zh-hans", "en")}
_AES = re.compile(r"[A-Za-z0-9]{43}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
Faults = dict[str, list[tuple[str, Mapping[str, Any]]]]


@transaction.atomic
def save(
    *,
    actor: Actor,
    at: datetime,
    channel: str,
    name: str,
    unit_uid: object,
    told: Mapping[str, str],
    account_uid: object = None,
    version: int | None = None,
) -> Account:
    """Set up an account or change it; a secret left empty stays as it is.

    Raises Problem 403, 404, `version.stale` (409), 422 by field.
    """
    access.require(actor, PERMISSION)
    account = _locked(actor, account_uid) if account_uid else None
    if account is not None and version is not None and account.version != version:
        raise conflict("version.stale")
    unit = _unit(actor, unit_uid)
    fresh = account is None
    if account is None:
        company = unit.company or unit
        account = Account(company=company, channel=channel, since=at, cursor={"seq": events.now()})
    account.name, account.unit = name.strip()[:80] or channel, unit
    _tell(account, told)
    account.next_at = at if account.channel == Channel.MAIL and account.on else None
    account.error, account.failed_at, account.failures = "", None, 0
    account.version += not fresh
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:
        raise invalid({"slug" if account.slug else "name": [("channel.name_taken", {})]}) from error
    _enter(actor, at, account, "channel.set_up" if fresh else "channel.changed")
    return account


@transaction.atomic
def switch(*, actor: Actor, at: datetime, account_uid: object, on: bool) -> Account:
    """Switch an account on or off. Off: nothing is fetched, taken or sent by it."""
    access.require(actor, PERMISSION)
    account = _locked(actor, account_uid)
    account.on = on
    account.next_at = at if on and account.channel == Channel.MAIL else None
    account.version += 1
    account.save(update_fields=["on", "next_at", "version"])
    _enter(actor, at, account, "channel.switched")
    return account


@transaction.atomic
def again(*, actor: Actor, at: datetime, account_uid: object) -> int:
    """Try again what could not be taken or sent; how many messages it is."""
    access.require(actor, PERMISSION)
    account = _locked(actor, account_uid)
    came = Received.objects.filter(account=account, state=Received.State.FAILED)
    went = Sent.objects.filter(account=account, state=Sent.State.FAILED).exclude(sealed=b"")
    count = came.update(state=Received.State.WAITING, attempts=0, next_at=at, error="")
    return count + went.update(state=Sent.State.QUEUED, attempts=0, next_at=at, error="")


def test(*, actor: Actor, at: datetime, account_uid: object, to: str = "") -> str:
    """Reach for the other side, outside of any transaction; what went wrong, or nothing.

    `to`: a phone number or an e-mail address, where a message that says it is a test is sent to. Raises at `to`.
    """
    access.require(actor, PERMISSION)
    account = get(actor, account_uid)
    kind, to = KINDS[account.channel], to.strip()
    reached = _reached(account, to) if kind.try_out is not None and to else ""
    if not reached and (
        kind.test is None or (account.channel == Channel.WEBHOOK and not account.settings.get("url"))
    ):
        return ""
    try:
        if kind.try_out is not None and reached:
            kind.try_out(account, reached, _trying(account))
        elif kind.test is not None:
            kind.test(account)
    except (OSError, ValueError, KeyError, Refused) as error:
        said = f"{type(error).__name__}: {error}"[:500]
        accounts.failed(account, at, said, again=account.channel == Channel.MAIL)
        return said
    accounts.worked(account, at, next_at=account.next_at)
    return ""


def _reached(account: Account, to: str) -> str:
    """Where a test goes. Raises at `to` for what is no number, or no address."""
    if account.channel == Channel.SMS:
        found = parse_phones(to)[0]
        if not found:
            raise invalid({"to": [("phone.invalid", {})]})
        return str(found[0].number)
    try:
        validate_email(to)
    except ValidationError as error:
        raise invalid({"to": [("email.form", {})]}) from error
    return to


def _trying(account: Account) -> str:
    return gettext("%(company)s: a test of this channel. Nothing needs to be done.") % {
        "company": account.company.name
    }


def get(actor: Actor, uid: object) -> Account:
    """An account of the own company. Raises Problem 404."""
    rows = Account.objects.visible_to(actor).select_related("company", "unit")
    found = rows.filter(uid=str(uid)).first()
    if found is None:
        raise missing()
    return found


def _locked(actor: Actor, uid: object) -> Account:
    return (
        Account.objects.select_for_update(of=("self",))
        .select_related("company", "unit")
        .get(pk=get(actor, uid).pk)
    )


def _unit(actor: Actor, uid: object) -> Unit:
    found = Unit.objects.visible_to(actor).select_related("company").filter(uid=str(uid), active=True).first()
    if found is None:
        raise invalid({"unit": [("unit.unknown", {})]})
    return found


def _tell(account: Account, told: Mapping[str, str]) -> None:
    """Put what was told into settings and secret. Raises Problem by field."""
    kind = KINDS.get(account.channel)
    if kind is None:
        raise invalid({"channel": [("invalid", {})]})
    secret = accounts.secret_of(account)
    faults: Faults = {}
    for field in kind.fields:
        given = told.get(field.name, "").strip()
        if field.secret:
            if given:
                secret[field.name] = given
            if field.needed and not secret.get(field.name):
                faults[field.name] = [("required", {})]
            continue
        value = _value(field, given, faults)
        if field.name == "slug":
            account.slug = str(value)
        else:
            account.settings[field.name] = value
    if secret.get("aes_key") and not _AES.fullmatch(secret["aes_key"]):
        faults["aes_key"] = [("channel.aes_key", {})]
    if account.channel == Channel.SMS:
        faults |= _gateway(account)
        if secret.get("key_in") and len(secret["key_in"]) < SHORTEST:
            faults["key_in"] = [("channel.token", {"least": SHORTEST})]
    signs = account.channel in (Channel.WEBHOOK, Channel.PHONE)
    if signs and secret.get("secret") and not _usable(secret["secret"]):
        faults["secret"] = [("channel.secret", {})]
    if (
        account.channel == Channel.PHONE
        and not secret.get("secret")
        and len(secret.get("token", "")) < SHORTEST
    ):
        faults["token"] = [("channel.token", {"least": SHORTEST})]
    if faults:
        raise invalid(faults)
    account.secret = accounts.sealed_secret(account, secret)


def _value(field: Field, given: str, faults: Faults) -> Any:
    if field.kind == "flag":
        return given in ("on", "true", "1")
    if field.kind == "list":
        return given.split()
    given = given or field.default
    wrong = (field.kind == "number" and given and not (given.isdigit() and len(given) < 10)) or (
        field.kind in CHOICES and given not in CHOICES[field.kind]
    )
    if wrong or (field.name == "slug" and given and not _SLUG.fullmatch(given)):
        faults[field.name] = [("channel.slug" if field.name == "slug" else "invalid", {})]
    elif field.needed and not given:
        faults[field.name] = [("required", {})]
    return given[:500]


def _gateway(account: Account) -> Faults:
    """Whether the gateway can be called as it is described: a good address, a body to be read, number and text."""
    url, body = str(account.settings.get("url", "")), str(account.settings.get("body", ""))
    faults: Faults = {}
    try:
        calls.check(url, own_network=bool(account.settings.get("own_network")))
    except calls.CallRefused:
        faults["url"] = [("channel.url", {})]
    told = url + body
    if not sms.check(body):
        faults["body"] = [("channel.body", {})]
    elif "{text}" not in told or not any(name in told for name in ("{phone}", "{national}")):
        faults["body"] = [("channel.placeholders", {})]
    return faults


def _usable(secret: str) -> bool:
    """Whether a signing secret has the form of Standard Webhooks: `whsec_` and base64 of 24 bytes or more."""
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_") + "==")) >= 24
    except ValueError:
        return False


def _enter(actor: Actor, at: datetime, account: Account, kind: str) -> None:
    append(
        book=book_of(account.unit, at=at, actor_id=actor.uid),
        kind=kind,
        actor_id=actor.uid,
        occurred_at=at,
        recorded_at=at,
        subject=("channel", account.uid),
        facts={"channel": account.channel, "on": account.on, "unit": str(account.unit.uid)},
    )
