"""Accounts of channels, for the administrator: set up, changed, tested, switched; no secret is ever given back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query
from pydantic import Field

from dingfen.api.frame import ApiRequest, In, Out, Page, Router, Window, page, read, write
from dingfen.channels import accounts, actions
from dingfen.channels.guides import GUIDES
from dingfen.channels.kinds import KINDS
from dingfen.channels.models import Account, Channel

router = Router(tags=["channels"])
PERMISSION = actions.PERMISSION
Way = Literal["mail", "web", "phone", "webhook", "wecom", "dingtalk", "feishu", "sms"]


class ChannelAccountOut(Out):
    """`settings` are what may be read; of secrets only which are kept.

    `slug`, `page`: of a public page. `door`: the address the other side calls. `refused_at`: when a call to it was
    refused last, `refused` why.
    """

    uid: UUID
    channel: str
    name: str
    unit: UUID
    on: bool
    slug: str
    settings: dict[str, Any]
    secrets: list[str]
    worked_at: datetime | None
    error: str
    door: str
    page: str
    refused: str
    refused_at: datetime | None
    version: int


class ChannelFieldOut(Out):
    """One thing to tell. `kind`: text, number, flag, tls, list, language."""

    name: str
    label: str
    help: str
    kind: str
    secret: bool
    needed: bool
    default: str


class ChannelKindOut(Out):
    """`steps`: how to connect it, in order. `door`: others call us. `tries`: a test message can be sent."""

    channel: str
    label: str
    fields: list[ChannelFieldOut]
    steps: list[str]
    example: str
    door: bool
    tests: bool
    tries: bool


class AccountIn(In):
    """`told`: field -> value, as the page of this channel names them; a secret left out stays as it is."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    unit: UUID
    told: dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]] = {}


class NewAccountIn(AccountIn):
    channel: Way


class ChangedAccountIn(AccountIn):
    version: Annotated[int, Field(ge=1)] | None = None


class SwitchIn(In):
    on: bool


class TestIn(In):
    """`to`: a number or e-mail address a test message is sent to; empty: the other side is only reached for."""

    to: Annotated[str, Field(max_length=200)] = ""


class TestedOut(Out):
    """`error`: what went wrong when the other side was reached for; empty when it works."""

    error: str


class AgainOut(Out):
    count: int


@read(router, "/channels", out=Page[ChannelAccountOut], permission=PERMISSION)
def list_channels(request: ApiRequest, window: Query[Window]) -> Page[ChannelAccountOut]:
    """The accounts of the company, newest first."""
    rows = Account.objects.visible_to(request.actor).select_related("unit").order_by("-pk")
    return page(request, rows, window, _out)


@read(router, "/channel-kinds", out=list[ChannelKindOut], permission=PERMISSION)
def list_channel_kinds(request: ApiRequest) -> list[ChannelKindOut]:
    """What each channel wants to be told, and how it is connected."""
    return [
        ChannelKindOut(
            channel=code, label=str(Channel(code).label), steps=[str(step) for step in GUIDES[code].steps],
            example=GUIDES[code].example, door=kind.door, tests=kind.test is not None, tries=kind.try_out is not None,
            fields=[
                ChannelFieldOut(name=one.name, label=str(one.label), help=str(one.help), kind=one.kind,
                                secret=one.secret, needed=one.needed, default=one.default)
                for one in kind.fields
            ],
        )
        for code, kind in KINDS.items()
    ]  # fmt: skip


@write(router, "/channels", out=ChannelAccountOut, permission=PERMISSION, status=201)
def set_up_channel(request: ApiRequest, account: NewAccountIn) -> ChannelAccountOut:
    """Set up an account of a channel."""
    return _out(
        actions.save(
            actor=request.actor,
            at=request.at,
            channel=account.channel,
            name=account.name,
            unit_uid=account.unit,
            told=account.told,
        )
    )


@read(router, "/channels/{uid}", out=ChannelAccountOut, permission=PERMISSION)
def get_channel(request: ApiRequest, uid: UUID) -> ChannelAccountOut:
    return _out(actions.get(request.actor, uid))


@write(router, "/channels/{uid}/change", out=ChannelAccountOut, permission=PERMISSION)
def change_channel(request: ApiRequest, uid: UUID, account: ChangedAccountIn) -> ChannelAccountOut:
    """Change it; settings that are not told stay as they are."""
    row = actions.get(request.actor, uid)
    kept = {name: _text(value) for name, value in row.settings.items()} | {"slug": row.slug}
    known = {field.name for field in KINDS[row.channel].fields}
    told = {name: value for name, value in kept.items() if name in known} | account.told
    return _out(
        actions.save(
            actor=request.actor,
            at=request.at,
            channel=row.channel,
            name=account.name,
            unit_uid=account.unit,
            told=told,
            account_uid=uid,
            version=account.version,
        )
    )


@write(router, "/channels/{uid}/switch", out=ChannelAccountOut, permission=PERMISSION)
def switch_channel(request: ApiRequest, uid: UUID, switched: SwitchIn) -> ChannelAccountOut:
    """Off: nothing is fetched, taken or sent by it."""
    actions.switch(actor=request.actor, at=request.at, account_uid=uid, on=switched.on)
    return _out(actions.get(request.actor, uid))


@read(router, "/channels/{uid}/test", out=TestedOut, permission=PERMISSION, method="POST")
def test_channel(request: ApiRequest, uid: UUID, tried: TestIn | None = None) -> TestedOut:
    """Reach for the other side now, or send a message that says it is a test."""
    to = tried.to if tried else ""
    return TestedOut(error=actions.test(actor=request.actor, at=request.at, account_uid=uid, to=to))


@write(router, "/channels/{uid}/again", out=AgainOut, permission=PERMISSION)
def try_channel_again(request: ApiRequest, uid: UUID) -> AgainOut:
    """Try again what could not be taken or sent."""
    return AgainOut(count=actions.again(actor=request.actor, at=request.at, account_uid=uid))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return ("on" if value else "") if isinstance(value, bool) else str(value)


def _out(row: Account) -> ChannelAccountOut:
    return ChannelAccountOut(
        uid=row.uid, channel=row.channel, name=row.name, unit=row.unit.uid, on=row.on, slug=row.slug,
        settings=row.settings, secrets=sorted(name for name, value in accounts.secret_of(row).items() if value),
        worked_at=row.worked_at, error=row.error, door=accounts.door(row) if KINDS[row.channel].door else "",
        page=accounts.page(row), refused=row.refused, refused_at=row.refused_at, version=row.version,
    )  # fmt: skip
