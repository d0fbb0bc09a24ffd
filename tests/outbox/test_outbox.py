"""Queueing, preferences, quiet hours, reading, and looking after what could not be sent."""

import uuid
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import NOW, Cast

from dingfen.outbox import actions
from dingfen.outbox.deliver import LEASE, MAX_ATTEMPTS, deliver
from dingfen.outbox.events import EVENTS, Event, declare
from dingfen.outbox.mail import Refused
from dingfen.outbox.models import Delivery, Preference
from dingfen.outbox.quiet import quiet_until
from dingfen.outbox.words import Message, message
from dingfen.problems import Problem
from dingfen.register.models import Entry

SHANGHAI = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
PARAMS = {"number": "D-2026-0042", "deadline": "2026-12-08T10:00:00+00:00"}


@pytest.fixture(autouse=True)
def mail_server(settings: pytest.FixtureRequest) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"  # type: ignore[attr-defined]


def tell(cast: Cast, event: str = "dispute.claim", key: str = "claim:1", **more: object) -> list[Delivery]:
    given_: dict = {"recipient": cast.lin, "at": NOW, "params": PARAMS} | more
    with transaction.atomic():
        return actions.queue(event=event, key=key, **given_)


def rows() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("pk").values_list("channel", "state"))


def sending(at: datetime, sender: object, **more: object) -> tuple[int, int, int]:
    done = deliver(at=at, jitter=lambda: 0.0, senders={"mail": sender}, **more)  # type: ignore[arg-type,dict-item]
    return done.sent, done.failed, done.put_off


def test_a_notice_is_there_at_once_and_mail_waits_for_the_worker(cast: Cast) -> None:
    tell(cast)
    assert rows() == [("in_app", "sent"), ("mail", "queued")]


def test_the_same_occasion_is_told_once(cast: Cast) -> None:
    tell(cast)
    tell(cast)
    tell(cast, recipient=cast.xu)
    tell(cast, key="claim:2")
    assert Delivery.objects.count() == 6


def test_who_cannot_be_reached(cast: Cast, settings: pytest.FixtureRequest) -> None:
    cast.xu.email = ""
    tell(cast, recipient=cast.xu)
    assert rows() == [("in_app", "sent")]
    cast.gu.is_active = False
    tell(cast, recipient=cast.gu)
    settings.SMTP_URL = ""  # type: ignore[attr-defined]
    tell(cast)
    assert rows() == [("in_app", "sent")] * 2


def test_a_text_that_lacks_a_parameter_fails_where_it_is_queued(cast: Cast) -> None:
    with pytest.raises(KeyError, match="deadline"):
        tell(cast, params={"number": "D-1"})
    with pytest.raises(KeyError, match="forgotten"):
        tell(cast, event="dispute.forgotten")


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        actions.queue(recipient=cast.lin, event="dispute.claim", at=NOW, key="k", params=PARAMS)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.queue(recipient=cast.lin, event="dispute.claim", at=NOW, key="k", params=PARAMS)
        raise ZeroDivisionError
    assert rows() == []


def test_preferences_per_event_and_channel(cast: Cast) -> None:
    lin = cast.actor("lin")
    choice = {("dispute.claim", "mail"): False, ("page.lent", "mail"): True, ("page.lent", "in_app"): False}
    actions.set_preferences(actor=lin, at=NOW, wanted=choice)
    tell(cast)
    tell(cast, recipient=cast.xu, key="xu")
    tell(cast, event="page.lent", key="page", params={"day": "2026-11-17"})
    told = Delivery.objects.order_by("pk").values_list("recipient__username", "event", "channel")
    assert list(told) == [
        ("lin", "dispute.claim", "in_app"),
        ("xu", "dispute.claim", "in_app"),
        ("xu", "dispute.claim", "mail"),
        ("lin", "page.lent", "mail"),
    ]
    actions.set_preferences(actor=lin, at=NOW, wanted={("dispute.claim", "mail"): True})
    assert Preference.objects.get(event="dispute.claim", channel="mail").wanted
    with pytest.raises(Problem) as caught:
        actions.set_preferences(actor=lin, at=NOW, wanted={("dispute.claim", "pigeon"): True})
    assert caught.value.status == 422


def test_quiet_hours_hold_mail_back_unless_it_is_urgent(cast: Cast) -> None:
    lin = cast.actor("lin")
    actions.set_quiet_hours(actor=lin, at=NOW, starts=time(22), ends=time(8))
    night = datetime(2026, 11, 18, 23, 30, tzinfo=SHANGHAI).astimezone(UTC)
    tell(cast, at=night)
    tell(cast, event="customer.received", key="u", at=night, params={"customer": "张*", "receiver": "徐嘉言"})
    sent: list[str] = []
    assert sending(night, lambda delivery, at: sent.append(delivery.event)) == (1, 0, 1)
    assert sent == ["customer.received"]
    assert sending(night + 8 * 60 * MINUTE, lambda delivery, at: sent.append(delivery.event)) == (0, 0, 0)
    morning = datetime(2026, 11, 19, 8, tzinfo=SHANGHAI).astimezone(UTC)
    assert sending(morning, lambda delivery, at: sent.append(delivery.event)) == (1, 0, 0)
    with pytest.raises(Problem):
        actions.set_quiet_hours(actor=lin, at=NOW, starts=time(22), ends=None)
    actions.set_quiet_hours(actor=lin, at=NOW, starts=None, ends=None)
    tell(cast, key="again", at=night)
    assert sending(night, lambda delivery, at: None) == (1, 0, 0)


@settings(deadline=None)
@given(st.times(), st.times(), st.integers(0, 1439))
def test_quiet_hours_minute_by_minute(starts: time, ends: time, minute: int) -> None:
    starts, ends = starts.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0)
    at = datetime(2026, 11, 18, tzinfo=SHANGHAI) + minute * MINUTE

    def is_quiet(moment: datetime) -> bool:
        now = moment.time()
        return starts <= now < ends if starts < ends else (now >= starts or now < ends) and starts != ends

    expected = at
    while is_quiet(expected):
        expected += MINUTE
    until = quiet_until(starts, ends, SHANGHAI, at.astimezone(UTC))
    assert until == (expected if is_quiet(at) else None)


def test_what_cannot_be_sent_waits_longer_and_is_given_up(cast: Cast) -> None:
    tell(cast, channels=["mail"])

    def fail(delivery: Delivery, at: datetime) -> None:
        raise ConnectionRefusedError("no server")

    at = NOW
    waits = []
    for _ in range(MAX_ATTEMPTS):
        assert sending(at, fail) == (0, 1, 0)
        delivery = Delivery.objects.get()
        if delivery.next_at:
            waits.append((delivery.next_at - at) // MINUTE)
            assert sending(delivery.next_at - MINUTE, fail) == (0, 0, 0)
            at = delivery.next_at
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]
    assert (delivery.state, delivery.next_at) == ("failed", None)
    assert delivery.error == "ConnectionRefusedError: no server"


def test_a_refusal_is_final(cast: Cast) -> None:
    tell(cast, channels=["mail"])

    def refuse(delivery: Delivery, at: datetime) -> None:
        raise Refused("550")

    assert sending(NOW, refuse) == (0, 1, 0)
    assert Delivery.objects.get().state == "failed"


def test_a_worker_that_dies_while_sending_leaves_it_to_the_next(cast: Cast) -> None:
    tell(cast, channels=["mail"])

    class PowerCut(BaseException):
        pass

    def die(delivery: Delivery, at: datetime) -> None:
        raise PowerCut

    with pytest.raises(PowerCut):
        sending(NOW, die)
    assert sending(NOW + MINUTE, lambda delivery, at: None) == (0, 0, 0)  # still on lease
    assert sending(NOW + LEASE, lambda delivery, at: None) == (1, 0, 0)


def test_one_message_that_fails_holds_up_no_other(cast: Cast) -> None:
    tell(cast, channels=["mail"], key="a")
    tell(cast, channels=["mail"], key="b", recipient=cast.xu)

    def half(delivery: Delivery, at: datetime) -> None:
        if delivery.recipient == cast.lin:
            raise OSError

    assert sending(NOW, half) == (1, 1, 0)
    assert sending(NOW, half, stop=lambda: True) == (0, 0, 0)


def test_who_has_left_gets_nothing(cast: Cast) -> None:
    tell(cast, channels=["mail"])
    cast.lin.is_active = False
    cast.lin.save()
    assert sending(NOW, lambda delivery, at: None) == (0, 0, 1)
    assert Delivery.objects.get().state == "cancelled"


def test_reading_notices(cast: Cast) -> None:
    for key in "abc":
        tell(cast, key=key)
    tell(cast, key="xu", recipient=cast.xu)
    lin = cast.actor("lin")
    newest, *_ = Delivery.objects.notices_of(lin)
    assert Delivery.objects.unread().filter(recipient=cast.lin).count() == 3
    actions.mark_read(actor=lin, at=NOW, delivery=newest)
    actions.mark_read(actor=lin, at=NOW + MINUTE, delivery=newest)
    assert (newest.state, newest.read_at) == ("read", NOW)
    with pytest.raises(Problem):
        actions.mark_read(actor=cast.actor("xu"), at=NOW, delivery=newest)
    assert actions.mark_all_read(actor=lin, at=NOW) == 2
    assert Delivery.objects.unread().count() == 1


def test_the_administrator_sends_again_or_cancels(cast: Cast) -> None:
    tell(cast, channels=["mail"])
    delivery = Delivery.objects.get()
    delivery.state, delivery.next_at, delivery.attempts, delivery.error = "failed", None, 12, "OSError"
    delivery.save()
    admin = cast.actor("admin")
    for name, status in (("lin", 403), ("stranger", 404), ("zhou", 403)):
        with pytest.raises(Problem) as caught:
            actions.retry(actor=cast.actor(name), at=NOW, delivery=delivery)
        assert caught.value.status == status
    actions.retry(actor=admin, at=NOW, delivery=delivery)
    assert (delivery.state, delivery.next_at, delivery.attempts, delivery.error) == ("queued", NOW, 0, "")
    actions.cancel(actor=admin, at=NOW, delivery=delivery)
    assert (delivery.state, delivery.next_at) == ("cancelled", None)
    with pytest.raises(Problem) as caught:
        actions.cancel(actor=admin, at=NOW, delivery=delivery)
    assert (caught.value.code, caught.value.status) == ("delivery.done", 409)
    kinds = Entry.objects.filter(subject_uid=delivery.uid).order_by("seq").values_list("kind", "actor_uid")
    assert list(kinds) == [("delivery.retried", admin.uid), ("delivery.cancelled", admin.uid)]


def test_cancelled_while_it_is_being_sent_stays_cancelled(cast: Cast) -> None:
    tell(cast, channels=["mail"])
    admin = cast.actor("admin")

    def cancel(delivery: Delivery, at: datetime) -> None:
        actions.cancel(actor=admin, at=at, delivery=Delivery.objects.get(pk=delivery.pk))

    sending(NOW, cancel)
    assert Delivery.objects.get().state == "cancelled"


def test_who_sees_what(cast: Cast) -> None:
    tell(cast)

    def seen(name: str) -> int:
        return Delivery.objects.visible_to(cast.actor(name)).count()

    assert [seen(name) for name in ("lin", "admin", "zhou", "xu", "stranger")] == [2, 2, 2, 0, 0]


def test_words_in_the_readers_language_and_zone(cast: Cast) -> None:
    tell(cast, subject=("dispute", uuid.uuid4()))
    delivery = Delivery.objects.notices_of(cast.actor("lin")).get()
    zh = message(delivery, language="zh-hans", zone=SHANGHAI, at=NOW)
    en = message(delivery, language="en", zone=SHANGHAI, at=NOW)
    assert zh.subject == "归属争议 D-2026-0042"
    assert zh.body == "有人主张同一客户，12 月 8 日（周二）18:00 前提交证据"
    assert en.subject == "Dispute D-2026-0042"
    assert en.body.replace("\xa0", " ") == "A rival claim was raised; give evidence by Tue 8 Dec, 18:00"


def test_a_deadline_at_midnight_is_the_end_of_the_day_before(cast: Cast) -> None:
    tell(cast, params=PARAMS | {"deadline": "2026-12-08T16:00:00+00:00"})
    delivery = Delivery.objects.notices_of(cast.actor("lin")).get()
    zh = message(delivery, language="zh-hans", zone=SHANGHAI, at=NOW)
    en = message(delivery, language="en", zone=SHANGHAI, at=NOW)
    assert zh.body.replace("\xa0", " ") == "有人主张同一客户，12 月 8 日（周二）24:00 前提交证据"
    assert en.body.replace("\xa0", " ").endswith("give evidence by the end of Tue 8 Dec")


def test_a_name_in_both_languages(cast: Cast) -> None:
    title = {"zh": "归属管理办法", "en": "Ownership rules"}
    params = {"title": title, "version": "2.1", "day": "2026-12-01"}
    tell(cast, event="policy.published", params=params)
    delivery = Delivery.objects.notices_of(cast.actor("lin")).get()
    en = message(delivery, language="en", zone=SHANGHAI, at=NOW)
    assert en.subject == "Rule book updated: Ownership rules 2.1"
    zh = message(delivery, language="zh-hans", zone=SHANGHAI, at=NOW)
    assert zh == Message("制度更新：归属管理办法 2.1", "12 月 1 日生效，请阅读确认")


def test_counted_words(cast: Cast) -> None:
    tell(cast, event="registration.lapsing", params={"count": 1, "deadline": "2026-11-19T10:00:00+00:00"})
    delivery = Delivery.objects.notices_of(cast.actor("lin")).get()
    assert message(delivery, language="en", zone=SHANGHAI, at=NOW).subject == "1 customer lapses soon"
    delivery.params["count"] = 3
    assert message(delivery, language="en", zone=SHANGHAI, at=NOW).subject == "3 customers lapse soon"
    assert message(delivery, language="zh-hans", zone=SHANGHAI, at=NOW).subject == "3 位客户即将失效"


def test_an_event_of_an_older_version_shows_its_code(cast: Cast) -> None:
    delivery = Delivery(event="dispute.gone", params={})
    assert message(delivery, language="en", zone=SHANGHAI, at=NOW).subject == "dispute.gone"


def test_words_whose_parameters_are_gone_still_show_the_event() -> None:
    for event, params in (("dispute.claim", {}), ("registration.lapsing", {}), ("page.lent", {"day": "x"})):
        told = message(Delivery(event=event, params=params), language="en", zone=SHANGHAI, at=NOW)
        with translation.override("en"):
            assert told.subject == str(EVENTS[event].name)
        assert told.body == ""


def test_shredding_takes_what_messages_say_of_a_person(cast: Cast) -> None:
    customer = uuid.uuid4()
    tell(
        cast,
        event="registration.lapsed",
        params={"customer": "张*", "article": "OWN-9"},
        subject=("customer", customer),
    )
    tell(cast, key="other")
    with transaction.atomic():
        assert actions.shred(subject_uid=customer) == 2
    assert set(Delivery.objects.filter(subject_uid=customer).values_list("state", "next_at")) == {
        ("sent", None),
        ("cancelled", None),
    }
    assert "张" not in str(list(Delivery.objects.values()))
    assert sending(NOW, lambda delivery, at: None) == (1, 0, 0)


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared already"):
        declare(Event("dispute.claim", "", "", ""))
    assert all(event.code == code for code, event in EVENTS.items())


def test_the_longest_occasion_fits_its_column_and_is_told_once(cast: Cast) -> None:
    long = f"complaint.escalated:{uuid.uuid4()}:{uuid.uuid4()}:tell:general_manager:{NOW.isoformat()}"
    tell(cast, key=long)
    tell(cast, key=long)
    tell(cast, key=f"{long}+")
    keys = list(Delivery.objects.filter(channel="in_app").values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 2
    assert max(map(len, keys)) <= Delivery._meta.get_field("key").max_length
