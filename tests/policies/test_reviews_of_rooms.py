"""Sanctions and complaints put rules in question too: milder, appealed, overturned; graded otherwise, reopened."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from tests.complaints.conftest import Desk, desk, ruled
from tests.ownership.conftest import House, dealer
from tests.ownership.test_sanctions import REASON, decided, proposed

from dingfen.complaints.actions import after, ending, handling, issues
from dingfen.complaints.models import Complaint
from dingfen.policies.review_rows import Review, ReviewCase
from dingfen.problems import Problem

__all__ = ["dealer", "desk", "ruled"]


def causes() -> list[tuple[str, str]]:
    return list(ReviewCase.objects.order_by("pk").values_list("cause", "review__article"))


def test_a_sanction_as_proposed_asks_nothing_until_it_is_appealed_and_overturned(dealer: House) -> None:
    row = proposed(dealer, by="fang")
    uid = {"sanction_uid": row.case.uid}
    dealer.act("lin", "answer_sanction", answer="当日已口头告知。", **uid)
    dealer.act("jiang", "decide_sanction", outcome="imposed", **REASON, **uid)
    assert causes() == []
    dealer.act("lin", "appeal_sanction", grounds="当日已告知，有通话为证，请复核", **uid)
    assert causes() == [("appealed", "OWN-16")]
    dealer.act("zhou", "settle_sanction_appeal", outcome="none", **REASON, **uid)
    assert causes() == [("appealed", "OWN-16"), ("overturned", "OWN-16")]
    told = ReviewCase.objects.get(cause="overturned").told
    assert (told["proposed"]["measure"], told["given"]["measure"]) == ("fine", "")


def test_milder_and_not_at_all_ask_about_the_article(dealer: House) -> None:
    row = decided(dealer, outcome="milder", measure="warning")
    case = ReviewCase.objects.get()
    assert (case.cause, case.review.article, case.case_kind) == ("milder", "OWN-16", "sanction")
    assert case.told == {
        "proposed": {"measure": "fine", "amount": "100.00", "currency": "CNY"},
        "given": {"measure": "warning", "amount": "", "currency": "CNY"},
    }
    assert str(dealer.cast.lin.uid) not in str(case.told) and row.case.number == case.case_number
    client = Client()
    client.force_login(dealer.cast.tang)
    page = client.get(f"/policies/reviews/{case.review.uid}/").content.decode()
    assert "轻于规则的处理" in page and "罚款 100.00 CNY" in page and "警告" in page
    assert Decimal(case.told["proposed"]["amount"]) == 100


def assessed(desk: Desk, level: str = "") -> Complaint:
    found: Complaint = desk.call().complaint
    desk.act("chen", handling.take, case_uid=found.case.uid)
    desk.act(
        "chen", handling.assess, case_uid=found.case.uid, klass="delay", level=level,
        reason="金额不大，客户只要求说明原因",
    )  # fmt: skip
    return desk.complaint(found)


def test_a_complaint_graded_as_suggested_asks_nothing_otherwise_its_article(ruled: Desk) -> None:
    assessed(ruled)
    assert causes() == []
    found = assessed(ruled, level="major")
    case = ReviewCase.objects.get()
    assert (case.cause, case.case_uid) == ("departure", found.case.uid)
    assert case.told["given"] == {"level": "major"} and case.review.article.startswith("CMP-")
    client = Client()
    client.force_login(ruled.cast.tang)
    assert "重大" in client.get(f"/policies/reviews/{case.review.uid}/").content.decode()


def test_without_rules_nothing_covered_it(desk: Desk) -> None:
    assessed(desk)
    assert causes() == [("not_covered", "")]


def test_reopening_a_root_cause_and_a_lesson_ask_too(ruled: Desk) -> None:
    found = assessed(ruled)
    ruled.act(
        "chen", after.add_action, case_uid=found.case.uid, cause="process", why="交付前没有人核对",
        what="增加交付前核对",
               owner=ruled.cast.chen.uid, due_at=ruled.now.replace(year=2027), check_at=ruled.now.replace(year=2028),
    )  # fmt: skip
    assert ("root_cause", "") in causes()
    assert "核对" not in str(ReviewCase.objects.get(cause="root_cause").told)
    with pytest.raises(Problem) as refusal:
        ruled.act("chen", handling.lesson, case_uid=found.case.uid, text="短", article="CMP-7")
    assert "text" in refusal.value.errors
    with pytest.raises(Problem) as refusal:
        ruled.act(
            "chen", handling.lesson, case_uid=found.case.uid, text="交付延迟应当自动告知客户", article="X-1"
        )
    assert "article" in refusal.value.errors
    client = Client()
    client.force_login(ruled.cast.chen)
    page = client.get(f"/complaints/{found.case.uid}/").content.decode()
    assert f'href="/policies/{found.policy.uid}/#CMP-' in page  # the article as it stood when it judged
    sent = {"text": "交付延迟应当自动告知客户", "article": "CMP-12"}
    assert client.post(f"/complaints/{found.case.uid}/for_rules/", sent).status_code == 302
    assert ("lesson", "CMP-12") in causes()
    ruled.act(
        "chen", issues.list_issue, case_uid=found.case.uid, title="晚交付", told="晚了六天", klass="delay"
    )
    ruled.act("chen", ending.withdraw, case_uid=found.case.uid, said="客户来电表示不再追究此事")
    ruled.act("fang", ending.reopen, case_uid=found.case.uid, reason="客户说问题仍未解决，请再办理")
    assert ("reopened", "CMP-24") in causes()
    assert Review.objects.filter(state="open").count() == 3
