"""The customer card: what the rules want, the same day, late calls, grades, contacts that go, relations (A3, A10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dingfen.clocks.models import Clock
from dingfen.outbox.models import Delivery
from dingfen.ownership import actions, watch
from dingfen.ownership.completeness import card_of
from dingfen.ownership.facts import events_about
from dingfen.ownership.models import Registration
from dingfen.ownership.queries import check_conflict
from dingfen.ownership.rotation import late
from dingfen.ownership.rotation.receiving import receive_new
from dingfen.ownership.rules import rules_needed
from dingfen.parties import actions as parties
from dingfen.parties import queries
from dingfen.parties.details import Details
from dingfen.parties.models import Customer
from dingfen.parties.relations import relations_of
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.ownership.conftest import House


def two_fields(house: House, who: str = "lin", **more: Any) -> Registration:
    details = Details(name="陈立群", phones=("13812342046",))
    return receive_new(
        actor=house.cast.actor(who, house.now), at=house.now, details=details, **more
    ).registration


def registered(customer: Customer) -> Any:
    return next(one for one in events_about(customer, "") if one.kind == "registered")


def change(house: House, who: str, customer: Customer, **changes: str) -> Customer:
    return actions.update_customer(
        actor=house.cast.actor(who, house.now), at=house.now, uid=customer.uid, changes=changes
    )


def test_two_fields_are_enough_at_the_desk_and_the_card_is_owed_that_day(dealer: House) -> None:
    held = two_fields(dealer)
    rules = rules_needed(held.unit, dealer.now)
    card = card_of(held.customer, rules.ownership.registration)
    assert (card.percent, card.missing) == (50, ("need", "grade"))
    clock = Clock.objects.live().get(kind=watch.CARD)
    assert (clock.deadline, clock.responsible) == (held.card_due, held.holder)
    dealer.later(hours=9)  # 19:00, after closing
    assert Delivery.objects.filter(event="card.due", recipient=held.holder).exists()
    assert registered(held.customer).attrs["complete"] is False
    change(dealer, "lin", held.customer, need="公务用车")
    change(dealer, "lin", held.customer, grade="A")
    held.refresh_from_db()
    assert (held.card_owed, held.card_late) == (False, False)
    assert not Clock.objects.live().filter(kind=watch.CARD).exists()
    event = registered(held.customer)
    assert event.attrs["complete"] is True
    assert event.recorded_at == dealer.now  # before that nobody could know it complete


def test_a_card_completed_the_next_day_does_not_count(dealer: House) -> None:
    held = two_fields(dealer)
    dealer.later(days=1)
    assert Delivery.objects.filter(event="card.late", recipient=dealer.cast.jiang).exists()
    change(dealer, "lin", held.customer, need="公务用车", grade="A")
    held.refresh_from_db()
    assert held.card_late
    assert registered(held.customer).attrs["complete"] is False


def test_elsewhere_all_is_wanted_at_once(dealer: House) -> None:
    with pytest.raises(Problem) as problem:
        dealer.act("lin", "register_customer", details=Details(name="陈立群", phones=("13812342046",)))
    assert set(problem.value.errors) == {"need", "grade"}


def test_another_grade_is_an_entry_and_another_cadence(dealer: House) -> None:
    held = dealer.register("lin")  # grade A: every 7 days
    due = held.follow_up_due
    change(dealer, "lin", held.customer, grade="H")
    held.refresh_from_db()
    assert due and held.follow_up_due and held.follow_up_due < due
    entry = Entry.objects.get(kind="customer.graded")
    assert entry.subject_uid == held.customer.uid
    graded = next(one for one in events_about(held.customer, "") if one.kind == "graded")
    assert graded.attrs["grade"] == "H"


def evening(dealer: House) -> Any:
    dealer.now = dealer.now.replace(hour=13, minute=40)  # 21:40
    lin = dealer.cast.actor("lin", dealer.now)
    return late.note_call(actor=lin, at=dealer.now)


def test_a_call_of_last_evening_is_entered_first_and_counts_as_the_same_day(dealer: House) -> None:
    call = evening(dealer)
    dealer.later(hours=11, minutes=21)  # 09:01 the next morning
    assert Delivery.objects.filter(event="late_call.due", recipient=call.staff).exists()
    assert late.open_calls(dealer.cast.site, dealer.now) == [call]
    held = two_fields(dealer, "shen", late_call=call.uid)
    assert (held.holder, held.registered_at) == (dealer.cast.lin, call.taken_at)
    assert late.open_calls(dealer.cast.site, dealer.now) == []
    event = registered(held.customer)
    assert (event.attrs["same_day"], event.attrs["late_evening"]) == (False, True)
    assert Clock.objects.get(kind=watch.LATE_CALL).state == Clock.State.MET
    with pytest.raises(Problem, match=r"late\.entered"):
        two_fields(dealer, "shen", late_call=call.uid)


def test_entered_too_late_it_does_not(dealer: House) -> None:
    call = evening(dealer)
    dealer.later(hours=12, minutes=21)  # 10:01, an hour and a minute after opening
    held = two_fields(dealer, "shen", late_call=call.uid)
    assert "late_evening" not in registered(held.customer).attrs


def test_a_call_before_closing_is_no_late_call(dealer: House) -> None:
    with pytest.raises(Problem) as problem:
        late.note_call(actor=dealer.cast.actor("lin", dealer.now), at=dealer.now)
    assert "taken_at" in problem.value.errors


def test_a_wrong_number_is_voided(dealer: House) -> None:
    call = evening(dealer)
    late.void_call(actor=dealer.cast.actor("lin"), at=dealer.now, uid=call.uid, reason="打错电话")
    assert late.open_calls(dealer.cast.site, dealer.now) == []
    assert Clock.objects.get(kind=watch.LATE_CALL).state == Clock.State.CANCELLED


# ---------- contacts and relations ----------


def test_a_contact_leaves_and_turns_up_elsewhere(dealer: House) -> None:
    lin = dealer.cast.actor("lin")
    one, two = dealer.register("lin").customer, dealer.register("lin", "方秋实", "13912345678").customer
    at = dealer.now
    contact = parties.add_contact(
        actor=lin, at=at, uid=one.uid, name="邵庭", title="采购主管", rank=2, chain="influencer"
    )
    parties.set_chain(actor=lin, at=at, uid=one.uid, contact_uid=contact.uid, chain="decider")
    there = parties.move_contact(
        actor=lin, at=at, uid=one.uid, contact_uid=contact.uid, to_uid=two.uid, title="经理", rank=3
    )
    assert queries.contacts(one) == []
    assert [one.name for one in queries.contacts(one, left=True)] == ["邵庭"]
    assert [(one.name, one.contact.title) for one in queries.contacts(two)] == [("邵庭", "经理")]
    parties.contact_left(actor=lin, at=at, uid=two.uid, contact_uid=there.uid)
    kinds = list(
        Entry.objects.filter(kind__startswith="contact.").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["contact.added", "contact.changed", "contact.moved", "contact.added", "contact.left"]


def test_a_household_is_seen_from_both_sides_and_in_the_check(dealer: House) -> None:
    cast = dealer.cast
    wife = dealer.register("lin").customer
    man = dealer.register("xu", "方秋实", "13912345678")
    dealer.act("xu", "release", registration_uid=man.uid, reason="客户改由家人联系购车")
    jiang = cast.actor("jiang", dealer.now)
    husband = man.customer
    Customer.objects.filter(pk=husband.pk).update(unit=cast.east)  # so that the head of east sees both
    at = dealer.now
    row = parties.relate(actor=jiang, at=at, uid=wife.uid, other_uid=husband.uid, kind="spouse")
    with pytest.raises(Problem, match=r"relation\.there"):
        parties.relate(actor=jiang, at=at, uid=husband.uid, other_uid=wife.uid, kind="spouse")
    for customer, other in ((wife, husband), (husband, wife)):
        assert [one.other for one in relations_of(customer)] == [other]
    answer = check_conflict(actor=cast.actor("shen", at), at=at, phone="13912345678")
    assert (answer.answer, answer.customer) == ("free", husband)  # not the same party
    (related,) = answer.related
    assert (related.unit, related.mine, related.customer) == (cast.east, False, None)
    parties.end_relation(actor=jiang, at=at, uid=row.uid)
    assert relations_of(wife) == []
    assert len(relations_of(wife, over=True)) == 1
    with pytest.raises(Problem, match=r"relation\.over"):
        parties.void_relation(actor=jiang, at=at, uid=row.uid, reason="看错了")


def test_what_a_relation_refuses(dealer: House) -> None:
    lin, at = dealer.cast.actor("lin"), dealer.now
    one, two = dealer.register("lin").customer, dealer.register("lin", "方秋实", "13912345678").customer
    for given, field in (
        ({"other_uid": one.uid, "kind": "spouse"}, "other"),
        ({"other_uid": two.uid, "kind": "branch_of"}, "kind"),
        ({"other_uid": two.uid, "kind": "head_office"}, "kind"),
        ({"other_uid": two.uid, "kind": "spouse", "starts_on": dt.date(2030, 1, 1)}, "starts_on"),
    ):
        with pytest.raises(Problem) as problem:
            parties.relate(actor=lin, at=at, uid=one.uid, **given)  # type: ignore[arg-type]
        assert field in problem.value.errors
    row = parties.relate(actor=lin, at=at, uid=one.uid, other_uid=two.uid, kind="introducer")
    parties.void_relation(actor=lin, at=at, uid=row.uid, reason="记错了")
    assert relations_of(one) == relations_of(one, over=True) == []
    xu = dealer.cast.actor("xu")
    with pytest.raises(Problem) as problem:
        parties.relate(actor=xu, at=at, uid=one.uid, other_uid=two.uid, kind="spouse")
    assert problem.value.status == 404
