"""The handlers' desk: who gets the next one, labels, setting aside, several at once and taking it back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from dingfen.accounts.models import Delegation, Role, Staff
from dingfen.cases.models import CasePerson
from dingfen.complaints.actions import handling, thread
from dingfen.complaints.desk import aside, deeds, giving, labels, seats
from dingfen.complaints.desk.routing import Matter, Place, choose, fits
from dingfen.complaints.models import Complaint, Deed, Label
from dingfen.problems import Problem
from tests.cast import person
from tests.complaints.conftest import Desk
from tests.complaints.test_pages import enter, now_desk

__all__ = ["now_desk"]
pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def second(desk: Desk) -> Staff:
    """One more agent of the site."""
    found = person("bai", "白露", desk.cast.site, Role.AGENT, desk.cast.site)
    desk.cast.bai = found  # type: ignore[attr-defined]
    return found


def refused(code: str, run: object, **given: object) -> Problem:
    with pytest.raises(Problem) as caught:
        run(**given)  # type: ignore[operator]
    assert caught.value.code == code or code in str(caught.value.errors), caught.value
    return caught.value


PLACES = st.builds(
    Place,
    person=st.integers(1, 4),
    load=st.integers(0, 5),
    room=st.integers(1, 5),
    classes=st.frozensets(st.sampled_from(["delivery", "delay"]), max_size=2),
    languages=st.frozensets(st.sampled_from(["zh-hans", "en"]), max_size=1),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(PLACES, max_size=4, unique_by=lambda one: one.person),
    st.sampled_from([(), ("delay", "delivery")]),
)
def test_whoever_fits_and_carries_least_is_chosen(places: list[Place], line: tuple[str, ...]) -> None:
    matter = Matter(line, "en", "phone")
    able = []
    for one in places:
        knows = not one.classes or not line or bool(one.classes & set(line))
        speaks = not one.languages or "en" in one.languages
        assert fits(one, matter) == (knows and speaks)
        if knows and speaks and one.load < one.room:
            able.append(one)
    found = choose(places, matter)
    if found is None:
        assert not able
    else:
        assert found in able
        assert all(found.load / found.room <= other.load / other.room for other in able)


def test_the_most_urgent_that_fits_is_claimed_until_the_room_is_full(ruled: Desk) -> None:
    second(ruled)
    first = ruled.call("shen").complaint
    urgent = ruled.call("shen", stated={"injury": True}).complaint
    assert first.handler is None
    seats.set_seat(actor=ruled.actor("fang"), at=ruled.now, staff_uid=ruled.cast.chen.uid, room=2)
    got = ruled.act("chen", giving.claim_next)
    assert (got.pk, got.handler) == (urgent.pk, ruled.cast.chen)
    assert ruled.act("chen", giving.claim_next).pk == first.pk
    assert refused("desk.full", giving.claim_next, actor=ruled.actor("chen"), at=ruled.now).params["n"] == 2
    refused("desk.nothing", giving.claim_next, actor=ruled.actor("bai"), at=ruled.now)
    put = ruled.act("chen", handling.put_back, case_uid=first.case.uid, reason="换班")
    assert put.handler is None
    seats.set_seat(actor=ruled.actor("fang"), at=ruled.now, staff_uid=ruled.cast.bai.uid, languages=["en"])  # type: ignore[attr-defined]
    refused("desk.nothing", giving.claim_next, actor=ruled.actor("bai"), at=ruled.now)
    assert ruled.act("chen", giving.claim_next).pk == first.pk  # what nobody else can take is theirs again


def test_new_ones_are_given_out_by_load_never_to_who_is_away_or_complained_of(ruled: Desk) -> None:
    bai, chen, now = second(ruled), ruled.cast.chen, ruled.now
    seats.set_automatic(actor=ruled.actor("fang"), at=now, unit_uid=ruled.cast.site.uid, automatic=True)
    got = [ruled.call("shen").complaint.handler for _ in range(4)]
    assert [one.username for one in got if one] == ["chen", "bai", "chen", "bai"]
    assert ruled.call("shen", complained_of=[chen.uid]).complaint.handler == bai
    lent = Delegation.objects.create(
        principal=bai, deputy=ruled.cast.jiang, starts_at=now, ends_at=now + DAY, reason="年假"
    )
    assert [ruled.call("shen").complaint.handler for _ in range(2)] == [chen, chen]
    seats.set_seat(actor=ruled.actor("fang"), at=now, staff_uid=chen.uid, receives=False)
    waits = ruled.call("shen").complaint
    assert waits.handler is None
    give = {"actor": ruled.actor("fang"), "at": now, "case_uid": waits.case.uid}
    refused("desk.nobody", giving.give_out, **give)
    lent.delete()
    assert giving.give_out(**give).handler == bai
    refused("complaint.taken", giving.give_out, **give)
    refused("not_visible", seats.set_automatic, actor=ruled.actor("stranger"), at=now,
            unit_uid=ruled.cast.site.uid, automatic=True)  # fmt: skip
    refused("room.range", seats.set_seat, actor=ruled.actor("fang"), at=now, staff_uid=chen.uid, room=0)
    refused(
        "invalid", seats.set_seat, actor=ruled.actor("fang"), at=now, staff_uid=chen.uid, classes=["none"]
    )


def test_labels_of_the_company_on_and_off(ruled: Desk) -> None:
    uid = ruled.call().complaint.case.uid
    assert ruled.act("chen", labels.label, case_uid=uid, add=["媒体，老客户", "媒体"]) == (
        ["媒体", "老客户"],
        [],
    )
    assert ruled.act("chen", labels.label, case_uid=uid, add=["媒体"], remove=["老客户", "没有的"]) == (
        [],
        ["老客户"],
    )
    assert labels.labels_of(Complaint.objects.all()) == {Complaint.objects.get().pk: ["媒体"]}
    assert Label.objects.count() == 2
    refused("too_long", labels.label, actor=ruled.actor("chen"), at=ruled.now, case_uid=uid, add=["长" * 31])
    refused("required", labels.label, actor=ruled.actor("chen"), at=ruled.now, case_uid=uid, add=[" ,"])


def test_what_is_set_aside_comes_back_by_itself_or_when_the_customer_writes(ruled: Desk) -> None:
    got = ruled.call().complaint
    uid, until = got.case.uid, ruled.now + DAY
    ruled.act("chen", aside.set_aside, case_uid=uid, until=until)

    def still() -> bool:
        return aside.aside(ruled.actor("chen"), ruled.now).filter(complaint=got).exists()

    assert still()
    assert not aside.aside(ruled.actor("fang"), ruled.now).exists()
    thread.receive_message(actor=None, at=ruled.now, case_uid=uid, channel="phone", text="有消息了吗？")
    assert not still()
    ruled.act("chen", aside.set_aside, case_uid=uid, until=until)
    assert still()
    ruled.now = until
    assert not still()
    refused(
        "snooze.until",
        aside.set_aside,
        actor=ruled.actor("chen"),
        at=ruled.now,
        case_uid=uid,
        until=ruled.now,
    )


def test_what_was_done_at_once_is_taken_back_as_far_as_nobody_went_on(ruled: Desk) -> None:
    bai = second(ruled)
    first, other = ruled.call("shen").complaint, ruled.call("shen").complaint
    fang = ruled.actor("fang")
    steps = [
        deeds.assign(actor=fang, at=ruled.now, case_uid=first.case.uid, staff=bai.uid),
        deeds.assign(actor=fang, at=ruled.now, case_uid=other.case.uid, staff=bai.uid),
        deeds.label(actor=fang, at=ruled.now, case_uid=first.case.uid, add=["急"], remove=[]),
        deeds.grade(actor=fang, at=ruled.now, case_uid=first.case.uid, level="major", klass="delay"),
        {"case": str(first.case.uid), "do": "close"},
    ]
    deed = deeds.keep(actor=fang, at=ruled.now, kind=Deed.Kind.BULK, name="一次做", steps=steps)
    ruled.act("bai", handling.put_back, case_uid=other.case.uid)
    back = deeds.undo(actor=fang, at=ruled.now + HOUR, deed_uid=deed.uid)
    assert [(one.do, one.problem.code if one.problem else "") for one in back] == [
        ("close", "deed.stays"), ("level", ""), ("label", ""), ("assign", "deed.changed"), ("assign", ""),
    ]  # fmt: skip
    now = ruled.complaint(first)
    assert (now.handler, now.level, now.klass, labels.labels_of([now])) == (None, first.level, "", {})
    refused("deed.over", deeds.undo, actor=fang, at=ruled.now, deed_uid=deed.uid)
    refused("not_visible", deeds.undo, actor=ruled.actor("chen"), at=ruled.now, deed_uid=deed.uid)


def test_the_desk_on_its_pages(now_desk: Desk) -> None:
    client = enter(now_desk, "chen")
    rows = [now_desk.call("shen").complaint for _ in range(3)]
    uids = [str(one.case.uid) for one in rows]
    page = client.get(reverse("complaints") + "?view=open&beside=first")
    assert page.status_code == 200
    assert "df-side has" in page.content.decode()
    half = reverse("complaint_beside", args=[uids[0]])
    assert client.get(half).status_code == 302  # without scripts it is the whole record
    assert "df-reply" in client.get(half, headers={"HX-Request": "true"}).content.decode()
    took = client.post(reverse("complaint_next"))
    assert took.status_code == 302
    assert Complaint.objects.filter(handler=now_desk.cast.chen).count() == 1
    body = {"bulk": "label", "label": "抽查", "uid": uids}
    done = client.post(reverse("complaints") + "?view=all", body).content.decode()
    assert "3 rows done" in done
    tag = Label.objects.get()
    listed = client.get(reverse("complaints"), {"label": str(tag.uid)}).content.decode()
    assert all(one.case.number in listed for one in rows)
    undone = client.post(reverse("complaint_undo", args=[Deed.objects.get().uid]))
    assert undone.status_code == 302
    assert labels.labels_of(rows) == {}
    answer = {"text": "今天回电。", "channel": "phone", "back": f"view=open&beside={uids[0]}"}
    sent = client.post(reverse("complaint_act", args=[uids[0], "reply"]), answer)
    assert sent["location"] == f"{reverse('complaints')}?view=open&beside={uids[0]}"
    aside_ = client.post(reverse("complaint_snooze", args=[uids[1]]), {"until": "tomorrow"})
    assert aside_.status_code == 302
    assert rows[1].case.number in client.get(reverse("complaints") + "?aside=yes").content.decode()
    record = client.get(reverse("complaint", args=[uids[1]])).content.decode()
    assert 'name="wake"' in record
    settings_ = enter(now_desk, "fang")
    desk_page = reverse("complaint_desk")
    seat = {"staff": now_desk.cast.chen.uid, "room": "5", "languages": ["en"], "receives": "1"}
    assert settings_.post(desk_page, seat).status_code == 302
    for room in ("0", "²", "9" * 5000):
        assert settings_.post(desk_page, {**seat, "room": room}).status_code == 422
    assert settings_.post(desk_page, {"unit": now_desk.cast.site.uid, "automatic": "1"}).status_code == 302
    assert "given out by themselves" in settings_.get(desk_page).content.decode()


def test_who_is_complained_of_is_never_given_it_though_they_lead(ruled: Desk) -> None:
    got = ruled.call("shen", complained_of=[ruled.cast.chen.uid]).complaint
    assert CasePerson.objects.filter(case=got.case, staff=ruled.cast.chen).exists()
    refused("desk.nothing", giving.claim_next, actor=ruled.actor("chen"), at=ruled.now)
