"""Sanctions: proposed, heard, decided by somebody else, appealed; never automatic."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from dingfen.outbox.models import Delivery
from dingfen.ownership.actions import File
from dingfen.ownership.models import Effect
from dingfen.ownership.rotation.actions import check_in
from dingfen.ownership.sanction_rows import Sanction
from dingfen.ownership.sanctions import suspended, suspensions
from dingfen.problems import Problem
from dingfen.register.models import Entry
from dingfen.register.verification import verify
from tests.cast import Cast
from tests.ownership.conftest import House
from tests.ownership.test_disputes import answered, dealt
from tests.ownership.test_evidence import code

State = Sanction.State
REASON = {"reason": "经核对登记簿与本人陈述，情节属实"}
pytestmark = pytest.mark.django_db


def now(row: Sanction) -> Sanction:
    return Sanction.objects.select_related("case", "staff").get(pk=row.pk)


def proposed(house: House, by: str = "jiang") -> Sanction:
    row: Sanction = house.act(
        by,
        "propose_sanction",
        staff=house.cast.lin.uid,
        code="concealing",
        grounds="11 月 18 日接待时未告知归属人",
    )
    return row


def decided(house: House, who: str = "fang", **given: Any) -> Sanction:
    row = proposed(house)
    house.act("lin", "answer_sanction", sanction_uid=row.case.uid, answer="当日已口头告知。")
    return house.act(
        who, "decide_sanction", sanction_uid=row.case.uid, **{"outcome": "imposed", **REASON, **given}
    )


def test_the_person_is_heard_first_and_somebody_else_decides(dealer: House, cast: Cast) -> None:
    row = proposed(dealer)
    assert (row.state, row.measure, row.amount, row.article) == (
        State.HEARING,
        "fine",
        Decimal(100),
        "OWN-16",
    )
    assert Delivery.objects.filter(event="sanction.hearing", recipient=cast.lin).exists()
    uid = {"sanction_uid": row.case.uid}
    assert (
        code(dealer, "jiang", "decide_sanction", outcome="imposed", **REASON, **uid) == "sanction.not_decider"
    )
    assert code(dealer, "fang", "decide_sanction", outcome="imposed", **REASON, **uid) == "sanction.not_heard"
    assert code(dealer, "jiang", "answer_sanction", answer="x", **uid) == "sanction.not_concerned"
    dealer.act("lin", "attach_to_sanction", file=File("通话.txt", "当日通话".encode()), **uid)
    dealer.act("lin", "answer_sanction", answer="当日已口头告知。", **uid)
    assert now(row).state == State.DECIDING
    assert Delivery.objects.filter(event="sanction.to_decide", recipient=cast.fang).exists()
    dealer.act("fang", "decide_sanction", outcome="none", **REASON, **uid)
    assert (now(row).state, now(row).outcome) == (State.FINAL, "none")
    kinds = Entry.objects.filter(subject_uid=row.case.uid).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["sanction.proposed", "sanction.evidence", "sanction.answered", "sanction.decided"]
    texts = b"".join(bytes(one.body) for one in Entry.objects.filter(subject_uid=row.case.uid))
    assert "口头告知".encode() not in texts
    assert verify().grade != "INVALID"


def test_who_lets_the_time_pass_is_decided_on_without_an_answer(dealer: House) -> None:
    row = proposed(dealer)
    dealer.later(days=10)
    assert now(row).state == State.DECIDING and not now(row).answer
    late = dealer.act("lin", "answer_sanction", sanction_uid=row.case.uid, answer="补充说明。")
    assert late.answer and now(row).state == State.DECIDING


def test_it_is_seen_by_whom_it_concerns_alone(dealer: House, cast: Cast) -> None:
    row = proposed(dealer)
    seen = {
        who
        for who in ("lin", "xu", "jiang", "gu", "fang", "zhou", "shen", "chen", "tang", "admin", "stranger")
        if Sanction.objects.visible_to(cast.actor(who, dealer.now)).filter(pk=row.pk).exists()
    }
    assert seen == {"lin", "jiang", "fang", "zhou"}


def test_nobody_proposes_against_themselves_or_out_of_reach(dealer: House, cast: Cast) -> None:
    given = {"code": "concealing", "grounds": "接待时未告知归属人，见条目"}
    assert code(dealer, "jiang", "propose_sanction", staff=cast.jiang.uid, **given) == "own_matter"
    assert code(dealer, "gu", "propose_sanction", staff=cast.lin.uid, **given) == "sanction.not_yours"
    assert code(dealer, "lin", "propose_sanction", staff=cast.xu.uid, **given) == "role.needed"
    unknown = {**given, "code": "beheading"}
    assert code(dealer, "jiang", "propose_sanction", staff=cast.lin.uid, **unknown) == "sanction.unknown"
    dispute = dealt(dealer)[2]
    row = dealer.act("gu", "propose_sanction", staff=cast.lin.uid, dispute_uid=dispute.case.uid, **given)
    assert row.dispute == dispute


def test_repetition_takes_the_next_step_of_the_rule(dealer: House) -> None:
    assert decided(dealer).outcome == "imposed"
    second = proposed(dealer)
    assert (second.repetition, second.measure, second.amount) == (1, "head_decides", None)
    uid = {"sanction_uid": second.case.uid}
    dealer.act("lin", "answer_sanction", answer="无异议。", **uid)
    assert code(dealer, "fang", "decide_sanction", outcome="imposed", **REASON, **uid) == "sanction.measure"
    given = {"outcome": "imposed", "measure": "suspension", **REASON, **uid}
    assert code(dealer, "fang", "decide_sanction", **given) == "sanction.days"
    past = dealer.now.date() - dt.timedelta(days=3)
    assert code(dealer, "fang", "decide_sanction", days=3, from_on=past, **given) == "sanction.past"
    row = dealer.act("fang", "decide_sanction", days=3, **given)
    lin, day = dealer.cast.lin, dealer.cast.east.day(dealer.now)
    assert (row.from_on, row.until_on) == (day + dt.timedelta(days=1), day + dt.timedelta(days=3))
    assert suspended(lin, dealer.now) is None
    found = suspended(lin, dealer.now + dt.timedelta(days=3))
    assert found is not None and found.number == row.case.number
    assert suspended(lin, dealer.now + dt.timedelta(days=4)) is None
    assert set(suspensions([lin.pk, dealer.cast.xu.pk], row.from_on)) == {lin.pk}
    dealer.later(days=3)  # no turn for who is suspended; the day after, again
    with pytest.raises(Problem) as refusal:
        check_in(actor=dealer.cast.actor("lin", dealer.now), at=dealer.now)
    assert refusal.value.code == "rotation.suspended"
    dealer.later(days=1)
    assert check_in(actor=dealer.cast.actor("lin", dealer.now), at=dealer.now).staff == lin


def test_milder_is_less_than_proposed(dealer: House) -> None:
    row = proposed(dealer)
    uid = {"sanction_uid": row.case.uid}
    dealer.act("lin", "answer_sanction", answer="已口头告知。", **uid)
    for given in ({"measure": "suspension", "days": 5}, {"measure": "fine", "amount": Decimal(100)}):
        wrong = code(dealer, "fang", "decide_sanction", outcome="milder", **REASON, **uid, **given)
        assert wrong == "sanction.not_milder"
    done = dealer.act("fang", "decide_sanction", outcome="milder", measure="warning", **REASON, **uid)
    assert (done.decided_measure, done.decided_amount, done.state) == ("warning", None, State.FINAL)


def test_the_head_decides_what_the_general_manager_proposed_and_it_can_be_appealed(dealer: House) -> None:
    row = proposed(dealer, by="fang")
    uid = {"sanction_uid": row.case.uid}
    dealer.act("lin", "answer_sanction", answer="已口头告知。", **uid)
    dealer.act("jiang", "decide_sanction", outcome="imposed", **REASON, **uid)
    assert now(row).state == State.DECIDED and now(row).appeal_until is not None
    assert code(dealer, "xu", "appeal_sanction", grounds="处罚过重，请复核", **uid) == "not_visible"
    dealer.act("lin", "appeal_sanction", grounds="当日确已口头告知，请复核", **uid)
    assert now(row).state == State.APPEALED
    late = {"outcome": "stands", **REASON, **uid}
    assert code(dealer, "fang", "settle_sanction_appeal", **late) == "sanction.not_decider"
    done = dealer.act("zhou", "settle_sanction_appeal", **late)
    assert (done.state, done.outcome, done.decided_amount) == (State.FINAL, "imposed", Decimal(100))


def test_nobody_appeals_and_it_is_final(dealer: House) -> None:
    row = proposed(dealer, by="fang")
    uid = {"sanction_uid": row.case.uid}
    dealer.act("lin", "answer_sanction", answer="已口头告知。", **uid)
    dealer.act("jiang", "decide_sanction", outcome="imposed", **REASON, **uid)
    dealer.later(days=12)
    assert now(row).state == State.FINAL
    assert code(dealer, "lin", "appeal_sanction", grounds="迟到的申诉，请复核", **uid) == "sanction.state"


def test_a_final_ruling_proposes_and_never_imposes(dealer: House, cast: Cast) -> None:
    """Found: xu concealed the holder. The ruling becomes final, and only then is xu to be heard."""
    dispute = answered(dealer, dealt(dealer)[2])
    claim = dispute.claims.get(claimant=cast.xu)
    dealer.act(
        "jiang", "find", dispute_uid=dispute.case.uid, fact="concealed_owner", value=True,
        reason="接待记录显示已知归属人而未告知", claim_uid=claim.uid,
    )  # fmt: skip
    for head in ("jiang", "gu"):
        dealer.act(head, "confirm", dispute_uid=dispute.case.uid)
    assert not Sanction.objects.exists()
    dealer.later(days=8)
    row = Sanction.objects.select_related("effect", "case").get()
    assert row.staff == cast.xu and row.accuser is None and row.dispute == dispute
    assert row.effect is not None and row.effect.state == Effect.State.DUE
    assert code(dealer, "xu", "done", effect_uid=row.effect.uid) == "effect.state"
    uid = {"sanction_uid": row.case.uid}
    dealer.act("xu", "answer_sanction", answer="当时以为归属人在场。", **uid)
    dealer.act("gu", "decide_sanction", outcome="imposed", **REASON, **uid)
    dealer.later(days=12)
    row = now(row)
    assert row.state == State.FINAL
    assert Effect.objects.get(pk=row.effect_id).state == Effect.State.DONE
