"""What fails in the background comes to the administrator, once."""

from datetime import timedelta

from tests.cast import NOW
from tests.clocks.conftest import Bench

from dingfen import alarms
from dingfen.accounts.models import Role, RoleGrant
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery


def told() -> list[tuple[str, str]]:
    notices = Delivery.objects.filter(channel="in_app", event__in=("clock.failing", "delivery.failed"))
    return sorted(notices.values_list("recipient__username", "event"))


def test_a_clock_that_keeps_failing(bench: Bench) -> None:
    clock = bench.start()
    Clock.objects.update(attempts=2)
    alarms.tell(NOW)
    assert told() == []
    Clock.objects.update(attempts=3)
    alarms.tell(NOW)
    alarms.tell(NOW + timedelta(minutes=5))
    assert told() == [("admin", "clock.failing")]
    bench.act("cancel", clock, NOW)
    assert Clock.objects.get().attempts == 0


def test_messages_given_up(bench: Bench) -> None:
    Delivery.objects.create(
        company=bench.cast.company,
        recipient=bench.cast.lin,
        channel="mail",
        event="dispute.claim",
        key="k",
        state="failed",
        queued_at=NOW,
    )
    for hours in (0, 1, 24, 60):
        alarms.tell(NOW + timedelta(hours=hours))
    assert told() == [("admin", "delivery.failed")] * 2  # today and tomorrow, then it is old


def test_only_administrators_in_office(bench: Bench) -> None:
    bench.start()
    Clock.objects.update(attempts=3)
    RoleGrant.objects.filter(role=Role.ADMINISTRATOR).update(ends_on=NOW.date() - timedelta(days=1))
    alarms.tell(NOW)
    assert told() == []
