"""Cases put rules in question: departures, overturned rulings, gaps and lessons come to the policy owner."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.ownership.conftest import House, dealer, media
from tests.ownership.test_disputes import answered, dealt, ruled

from dingfen.cases.awaiting import Waiting, asked
from dingfen.clocks.models import Clock
from dingfen.outbox.models import Channel, Delivery
from dingfen.ownership.models import Dispute
from dingfen.policies import reviewing
from dingfen.policies.models import PolicyVersion
from dingfen.policies.review_rows import Review, ReviewCase
from dingfen.problems import Problem
from dingfen.register.models import Entry

__all__ = ["dealer", "media"]
REASON = "客户的选型与谈判由签单人完成，按实际贡献分成。"
LESSON = "换了签单人时，这一条说不清先登记的人还要做什么。"


def departed(house: House, dispute: Dispute) -> Dispute:
    lin, xu = str(house.cast.lin.uid), str(house.cast.xu.uid)
    split = [{"staff": lin, "share": 60}, {"staff": xu, "share": 40}]
    for head in ("jiang", "gu"):
        house.act(
            head, "rule_otherwise", dispute_uid=dispute.case.uid, holder=lin, split=split, reason=REASON
        )
    return house.dispute(dispute)


def facts_of(kind: str) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(kind=kind).order_by("seq")
    return [json.loads(bytes(each.body))["facts"] for each in rows]


def test_a_ruling_as_proposed_asks_nothing(dealer: House) -> None:
    ruled(dealer)
    assert not Review.objects.exists()


def test_a_departure_and_a_changed_appeal_open_one_question_on_the_article(dealer: House) -> None:
    dispute = departed(dealer, answered(dealer, dealt(dealer)[2]))
    article = json.loads(bytes(dispute.proposed or b""))["article"]
    review = Review.objects.get()
    case = review.cases.get()
    assert (review.pack, review.article, case.cause) == ("auto-dealer", article, "departure")
    assert case.told["given"] == {"holder": "A", "split": [["A", 60], ["B", 40]]}
    assert case.told["proposed"]["holder"] in "AB" and str(dealer.cast.lin.uid) not in json.dumps(case.told)
    assert case.policy == dispute.policy and case.case_number == dispute.case.number

    tang = dealer.cast.actor("tang", dealer.now)
    clock = Clock.objects.live().get(kind=reviewing.CLOCK)
    assert clock in Waiting.on(tang).clocks().filter(Waiting.on(tang).mine())
    assert [one.username for one in asked(clock, dealer.now)] == ["tang"]
    assert not Waiting.on(dealer.cast.actor("lin", dealer.now)).clocks().filter(kind=reviewing.CLOCK)
    assert Delivery.objects.filter(event="policy.review", recipient=dealer.cast.tang).exists()

    dealer.act(
        "xu", "appeal", dispute_uid=dispute.case.uid, grounds="两次拜访没有计入评分，请重新核对登记簿。"
    )
    dealer.act(
        "fang", "rule_final", dispute_uid=dispute.case.uid, outcome="changed",
        holder=str(dealer.cast.xu.uid), reason=REASON,
    )  # fmt: skip
    assert {one.cause for one in review.cases.all()} == {"departure", "overturned"}
    assert Review.objects.count() == 1
    assert [one["opened"] for one in facts_of("policy.questioned")] == [True, False]


def test_a_gap_has_no_article_and_left_to_people_is_none(dealer: House) -> None:
    dispute = answered(dealer, dealt(dealer)[2])
    proposed = json.loads(bytes(dispute.proposed or b""))
    for code, asks in (("left_to_people", False), ("not_covered", True)):
        proposed |= {"outcome": "declined", "declined": {"code": code, "article": None}, "article": None}
        Dispute.objects.filter(pk=dispute.pk).update(proposed=json.dumps(proposed).encode())
        with transaction.atomic():
            departed(dealer, dispute)
            assert [one.cause for one in ReviewCase.objects.all()] == (["not_covered"] if asks else [])
            assert not asks or Review.objects.get().article == ""
            transaction.set_rollback(True)


def test_a_lesson_and_its_answer(dealer: House) -> None:
    dispute = ruled(dealer)
    with pytest.raises(Problem) as refusal:
        dealer.act("lin", "lesson", dispute_uid=dispute.case.uid, text=LESSON, article="OWN-999")
    assert refusal.value.errors["article"][0][0] == "lesson.article"
    with pytest.raises(Problem):
        dealer.act("lin", "lesson", dispute_uid=dispute.case.uid, text="短")
    for who in ("lin", "jiang"):
        dealer.act(who, "lesson", dispute_uid=dispute.case.uid, text=LESSON, article="OWN-3")
    review = Review.objects.get()
    assert review.cases.count() == 2
    assert LESSON not in str(facts_of("policy.questioned"))  # what a person wrote is sealed apart

    tang = dealer.cast.actor("tang", dealer.now)
    common = {"actor": tang, "at": dealer.now, "review_uid": review.uid}
    with pytest.raises(Problem) as refusal:
        reviewing.settle(**common, reason="不改")
    assert refusal.value.errors["reason"][0][0] == "reason.short"
    with pytest.raises(Problem) as refusal:
        reviewing.settle(**common, taken_up_in=dealer.cast.lin.uid)
    assert refusal.value.errors["taken_up_in"][0][0] == "review.version"
    with pytest.raises(Problem) as refusal:
        reviewing.settle(**(common | {"actor": dealer.cast.actor("fang", dealer.now)}), reason=REASON)
    assert refusal.value.status == 403
    version = PolicyVersion.objects.get()
    reviewing.settle(**common, taken_up_in=version.uid, version=1)
    review.refresh_from_db()
    assert (review.state, review.taken_up_in) == ("taken_up", version)
    assert not Clock.objects.live().filter(kind=reviewing.CLOCK)
    assert facts_of("policy.answered")[0]["version"] == version.version
    with pytest.raises(Problem) as refusal:
        reviewing.settle(**common, reason=REASON)
    assert refusal.value.code == "review.settled"

    dealer.act("lin", "lesson", dispute_uid=dispute.case.uid, text=LESSON, article="OWN-3")
    assert Review.objects.filter(state="open").count() == 1  # a new case opens a new question


def test_the_policy_owner_is_reminded(dealer: House) -> None:
    dispute = ruled(dealer)
    dealer.act("lin", "lesson", dispute_uid=dispute.case.uid, text=LESSON, article="OWN-3")
    told = Delivery.objects.filter(event="policy.review", recipient=dealer.cast.tang, channel=Channel.NOTICE)
    assert told.count() == 1
    dealer.later(days=23)
    assert told.count() == 2
    dealer.later(days=8)
    assert told.count() == 3


def test_on_the_pages(dealer: House) -> None:
    dispute = ruled(dealer)
    lin, tang = Client(), Client()
    lin.force_login(dealer.cast.lin)
    tang.force_login(dealer.cast.tang)
    page = f"/disputes/{dispute.case.uid}/"
    assert "记一条经验教训" in lin.get(page).content.decode()
    short = lin.post(f"{page}lesson/", {"text": "短", "article": "OWN-3"})
    assert short.status_code == 422 and "10" in short.content.decode()
    assert lin.post(f"{page}lesson/", {"text": LESSON, "article": "OWN-3"}).status_code == 302
    review, version = Review.objects.get(), PolicyVersion.objects.get()

    listed = tang.get("/policies/reviews/").content.decode()
    assert "OWN-3" in listed and "经验教训 1" in listed
    assert "1 件待复核" in tang.get(f"/policies/{version.uid}/").content.decode()
    assert "1 件待复核" not in lin.get(f"/policies/{version.uid}/").content.decode()
    assert "OWN-3" in tang.get("/").content.decode()  # in my work
    path = f"/policies/reviews/{review.uid}/"
    shown = tang.get(path).content.decode()
    assert LESSON in shown and dispute.case.number in shown and f"/policies/{version.uid}/#OWN-3" in shown
    assert f"/disputes/{dispute.case.uid}/" not in shown  # the policy owner doesn't see the case itself
    refused = tang.post(f"{path}settle/", {"answer": "taken_up"})
    assert refused.status_code == 422 and "invalid-feedback" in refused.content.decode()
    answered_ = tang.post(f"{path}settle/", {"answer": "stays", "reason": REASON, "version": "1"})
    assert answered_.status_code == 302 and REASON in tang.get(path).content.decode()
    assert "1 件待复核" not in tang.get(f"/policies/{version.uid}/").content.decode()
