"""Figures of complaints: each share with what it is measured against, told apart, and promises by who made them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from dingfen.complaints.actions import after, ending, handling, issues, promising, thread
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.models import Complaint, Proposal
from dingfen.insight import complaint_sources as sources
from dingfen.insight import complaint_tables as tables
from dingfen.insight.cases import cases
from dingfen.insight.complaint_figures import FIGURES
from dingfen.insight.figures import BY_ID
from dingfen.insight.scope import scope_of
from dingfen.insight.values import Value, value
from tests.complaints.conftest import Desk, ruled
from tests.complaints.test_pages import enter

__all__ = ["ruled"]
pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")


def settled(desk: Desk, complaint: Complaint, finding: str, score: tuple[int, int]) -> None:
    """Answered, found, closed and called back."""
    uid = complaint.case.uid
    desk.act("chen", thread.reply, case_uid=uid, text="已登记，今天回电。", channel="phone")
    issue = desk.act("chen", issues.list_issue, case_uid=uid, title="晚交车")
    desk.act("chen", issues.find, issue_uid=issue.uid, finding=finding, facts="合同与交接单已核对，相差六天")
    desk.act("chen", issues.settle, issue_uid=issue.uid, how="当面致歉并说明原因，客户接受")
    desk.act("chen", issues.decide, case_uid=uid)
    desk.act("chen", ending.close, case_uid=uid, told="电话告知结果并致谢客户")
    desk.act(
        "chen", after.call_back, case_uid=uid, via="phone", fixed="yes", handling=score[0], outcome=score[1]
    )


def test_what_is_counted_and_out_of_what(ruled: Desk) -> None:
    made = [ruled.call(complainant=Complainant(phone=f"1391234{n:04d}")).complaint for n in range(4)]
    for one in made[:3]:
        ruled.act("chen", handling.assess, case_uid=one.case.uid, klass="delay")
    for what, days in (("明天回电", 1), ("后天回电", 2), ("一周内回复", 7)):
        row = ruled.act(
            "chen", promising.promise, case_uid=made[3].case.uid, what=what, due_at=ruled.now + days * DAY
        )
        if days == 1:
            ruled.act("chen", promising.keep_promise, promise_uid=row.uid, proof="通话记录")
    settled(ruled, made[0], "upheld", (5, 2))
    settled(ruled, made[1], "not_upheld", (4, 4))
    ruled.now += DAY
    ruled.act("fang", ending.reopen, case_uid=made[1].case.uid, reason="客户说修过以后问题又出现了")
    ruled.later(days=3)
    scope = replace(scope_of(ruled.actor("fang"), ruled.now, ZONE, period="30d"), own=True)
    got = {one.id: value(one, scope) for one in FIGURES}
    assert (got["c-received"].value, got["c-open"].value) == (4, 3)
    assert (got["c-reopened"].top, got["c-reopened"].bottom) == (1, 2)
    assert (got["c-handling"].top, got["c-handling"].bottom) == (2, 2)
    assert (got["c-outcome"].top, got["c-outcome"].bottom) == (1, 2)
    assert (got["c-upheld"].top, got["c-upheld"].bottom) == (1, 2)
    assert (got["c-first"].top, got["c-first"].bottom) == (2, 4)  # two were never answered
    kept, late, broken = (got[f"c-{name}"] for name in ("kept", "late", "broken"))
    assert (kept.top, late.top, broken.top, kept.bottom) == (1, 0, 1, 2)  # the third is not due yet
    assert got["c-amount"] == Value(0.0, 0)
    for mark, (amount, currency) in enumerate((("500", "CNY"), ("90", "USD"), (None, "CNY")), start=1):
        Proposal.objects.create(
            complaint=made[2], mark=mark, remedy="refund", amount=amount, currency=currency, state="accepted",
            sealed=b"", deliver_by=ruled.now, deliverer=ruled.cast.chen, proposed_by=ruled.cast.chen,
            proposed_at=ruled.now - DAY, answered_at=ruled.now - DAY,
        )  # fmt: skip
    assert [str(one.amount) for one in sources.accepted(scope)] == ["500.00"]  # a sum is of one currency
    by_class = {one.key: one for one in tables.groups("klass", scope)}
    assert {key: one.received for key, one in by_class.items()} == {"delay": 3, "": 1}
    assert by_class["delay"].upheld == (1, 2)
    assert by_class["delay"].reopened == (1, 2)
    assert sum(one.received for one in tables.groups("unit", scope)) == 4
    assert [one.key for one in tables.groups("channel", scope)] == ["phone"]
    delay = replace(scope, narrowed=(("klass", "delay"),))
    assert value(BY_ID["c-received"], delay).value == 3
    (who,) = tables.promising(scope)
    assert (who.staff.username, who.due, who.kept, who.broken) == ("chen", 2, 1, 1)
    behind = cases(BY_ID["c-broken"], scope, 0, 10)
    assert [one.counts for one in behind].count(True) == 1
    assert (
        value(BY_ID["c-received"], replace(scope, actor=ruled.actor("jiang"))).value == 0
    )  # none of her unit


def test_page_files_and_program(ruled: Desk) -> None:
    ruled.call()
    client = enter(ruled, "fang")
    page = reverse("insight_complaints")
    for query in ("", "?level=ordinary&klass=delivery&channel=phone&period=365d", "?period=nonsense"):
        assert client.get(page + query).status_code == 200
    for query in ("?export=csv", "?export=xlsx", "?export=csv&of=klass"):
        assert client.get(page + query).status_code == 200
    assert client.get(reverse("insight_figure", args=["c-broken"])).status_code == 200
