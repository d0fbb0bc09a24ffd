"""A published version waits for everybody it applies to; who has not confirmed is reminded until all have."""

from __future__ import annotations

import datetime as dt

from django.test import Client
from tests.cast import NOW, Cast

from dingfen.accounts.models import Staff
from dingfen.cases.awaiting import Waiting, asked
from dingfen.clocks.models import Clock
from dingfen.clocks.sweep import sweep
from dingfen.outbox.models import Channel, Delivery
from dingfen.policies import actions, reading
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import shipped
from dingfen.wiring import CLOCK_HANDLERS

WHY = "沿用原有规定，未作实质改动"


def published(cast: Cast) -> PolicyVersion:
    made = actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.east, pack=shipped("auto-dealer"))
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=made.uid)
    return actions.publish(
        actor=cast.actor("tang"), at=NOW, version_uid=made.uid, in_force_from=NOW, without_consultation=WHY
    )


def told(staff: Staff) -> int:
    return Delivery.objects.filter(event="policy.unread", recipient=staff, channel=Channel.NOTICE).count()


def test_who_has_not_read_is_reminded_until_all_have(cast: Cast) -> None:
    version = published(cast)
    clock = Clock.objects.live().get(kind=reading.CLOCK)
    assert {one.username for one in asked(clock, NOW)} == {"lin", "jiang"}
    for who, waits in (("lin", True), ("jiang", True), ("xu", False), ("stranger", False)):
        actor = cast.actor(who)
        waiting = Waiting.on(actor)
        assert waiting.clocks().filter(waiting.mine(), kind=reading.CLOCK).exists() is waits
    actions.acknowledge(actor=cast.actor("lin"), at=NOW, version_uid=version.uid)
    for days, number in ((4, 1), (8, 2), (15, 3)):
        sweep(at=NOW + dt.timedelta(days=days), handlers=CLOCK_HANDLERS, jitter=lambda: 0.0)
        assert (told(cast.jiang), told(cast.lin), told(cast.xu)) == (number, 0, 0)
    client = Client()
    client.force_login(cast.tang)
    page = client.get(f"/policies/{version.uid}/").content.decode()
    assert "尚未确认" in page and "姜若琳" in page.split("尚未确认")[1]
    actions.acknowledge(actor=cast.actor("jiang"), at=NOW + dt.timedelta(days=16), version_uid=version.uid)
    assert not Clock.objects.live().filter(kind=reading.CLOCK)
    assert "尚未确认" not in client.get(f"/policies/{version.uid}/").content.decode()


def test_a_retracted_version_asks_nobody(cast: Cast) -> None:
    made = actions.propose(actor=cast.actor("tang"), at=NOW, unit=cast.east, pack=shipped("auto-dealer"))
    actions.approve(actor=cast.actor("fang"), at=NOW, version_uid=made.uid)
    later = NOW + dt.timedelta(days=3)
    actions.publish(
        actor=cast.actor("tang"), at=NOW, version_uid=made.uid, in_force_from=later, without_consultation=WHY
    )
    assert Clock.objects.live().filter(kind=reading.CLOCK).exists()
    actions.retract(actor=cast.actor("tang"), at=NOW, version_uid=made.uid)
    assert not Clock.objects.live().filter(kind=reading.CLOCK)
