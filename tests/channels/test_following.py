"""What the customer does without an account: choose, decline, offer something else, rate, reopen, withdraw."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.accounts.actor import system_actor
from dingfen.channels.models import Account, Tracking
from dingfen.channels.web_form import codes
from dingfen.complaints.actions import ending, issues, proposing
from dingfen.complaints.models import CallBack, Complaint, Issue, Promise, Proposal
from dingfen.outbox.models import Delivery
from dingfen.policies.actions import publish_shipped
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.channels.test_public_page import EVIL, PAGE, page, told, visitor  # noqa: F401
from tests.complaints.conftest import Desk

FOLLOW = f"{PAGE}follow/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk(cast: Cast, home: Path, visitor: Client) -> Desk:  # noqa: F811
    """A complaint from the public page, found upheld, at the time of the server: the page goes by it."""
    now = timezone.now()
    publish_shipped(
        actor=system_actor(cast.company), at=now - 365 * DAY, unit=cast.company, pack="company-complaints",
        applies_to_history_from=None,
    )  # fmt: skip
    visitor.post(PAGE, told())
    made = Desk(cast, timezone.now())
    issue = made.act("chen", issues.list_issue, case_uid=uid_of(), title="晚交车 6 天", klass="delay")
    made.act("chen", issues.find, issue_uid=issue.uid, finding="upheld", facts="交接单写明晚 6 天。")
    return made


def uid_of() -> Any:
    return Complaint.objects.select_related("case").get().case.uid


def offered(desk: Desk, *whats: str, days: float = 3) -> list[Proposal]:
    issue = Issue.objects.get()
    for what in whats:
        desk.act(
            "chen", proposing.propose, case_uid=uid_of(), issues=[issue.uid], remedy="make-good", what=what,
            deliver_by=desk.now + 5 * DAY, pros=["三个工作日办好"], cons=["不含代步"],
        )  # fmt: skip
    answer_by = desk.now + days * DAY
    made: list[Proposal] = desk.act("chen", proposing.offer, case_uid=uid_of(), answer_by=answer_by)
    return made


def closed(desk: Desk) -> None:
    issue = Issue.objects.get()
    desk.act("chen", issues.settle, issue_uid=issue.uid, how="已补发两次免费保养并当面说明")
    desk.act("chen", ending.close, case_uid=uid_of(), told="电话告知处理结果并致谢")


def text_of(visitor: Client, path: str = FOLLOW) -> str:  # noqa: F811
    return visitor.get(path).content.decode()


def test_of_two_proposals_one_is_chosen_once(desk: Desk, visitor: Client) -> None:  # noqa: F811
    first, second = offered(desk, f"免费保养两次{EVIL}", "代步车七天")
    seen = text_of(visitor)
    assert "我们提出 2 个方案" in seen and "三个工作日办好" in seen and "不含代步" in seen
    assert "<script>alert(1)" not in seen and "&lt;script&gt;" in seen
    assert "checked" not in seen.split("offers")[1].split("said-h")[0]  # none chosen beforehand
    assert visitor.get(f"{FOLLOW}proposal/9/").status_code == 404
    page_of_one = text_of(visitor, f"{FOLLOW}proposal/2/")
    assert "选择方案 2" in page_of_one and "不影响您依法享有的权利" in page_of_one
    done = visitor.post(f"{FOLLOW}proposal/2/", {"answer": "accept", "text": ""})
    assert done.status_code == 302 and "您的选择已收到" in text_of(visitor, done["Location"])
    assert Proposal.objects.get(pk=second.pk).state == "delivering"
    assert Proposal.objects.get(pk=first.pk).state == "declined"
    assert Entry.objects.filter(kind="proposal.delivering").count() == 1
    again = visitor.post(f"{FOLLOW}proposal/2/", {"answer": "accept", "text": ""})
    assert again.status_code == 409 and Promise.objects.count() == 1
    assert Delivery.objects.filter(event="complaint.choice", recipient=desk.cast.chen).count() == 1


def test_declining_needs_no_words_a_counter_proposal_does(desk: Desk, visitor: Client) -> None:  # noqa: F811
    offered(desk, "免费保养两次", "代步车七天")
    assert visitor.post(f"{FOLLOW}proposal/1/", {"answer": "decline"}).status_code == 302
    bare = visitor.post(f"{FOLLOW}proposal/2/", {"answer": "counter", "text": " "})
    assert bare.status_code == 422 and "is-bad" in bare.content.decode()
    assert visitor.post(f"{FOLLOW}proposal/2/", {"answer": "nonsense"}).status_code == 422
    assert (
        visitor.post(f"{FOLLOW}proposal/2/", {"answer": "counter", "text": "再加一次保养"}).status_code == 302
    )
    states = list(Proposal.objects.values_list("state", flat=True))
    assert states == ["declined", "countered"] and "再加一次保养" in text_of(visitor)


def test_a_proposal_whose_time_is_up_is_not_taken(desk: Desk, visitor: Client) -> None:  # noqa: F811
    (one,) = offered(desk, "免费保养两次")
    Proposal.objects.update(answer_by=timezone.now() - dt.timedelta(seconds=1))  # the sweep has not come by
    assert "已过期" in text_of(visitor) and "选择方案" not in text_of(visitor, f"{FOLLOW}proposal/1/")
    late = visitor.post(f"{FOLLOW}proposal/1/", {"answer": "accept"})
    assert late.status_code == 409 and "这个方案已过期" in late.content.decode()
    assert Proposal.objects.get(pk=one.pk).state == "offered"


def test_the_survey_is_asked_once_and_not_settled_reopens(desk: Desk, visitor: Client) -> None:  # noqa: F811
    assert visitor.post(f"{FOLLOW}survey/", {"fixed": "yes"}).status_code == 409  # still open
    closed(desk)
    assert "问题解决了吗" in text_of(visitor) and "前可以要求重新办理" in text_of(visitor)
    assert visitor.post(f"{FOLLOW}survey/", {"handling": "5"}).status_code == 422
    assert visitor.post(f"{FOLLOW}survey/", {"fixed": "yes", "handling": "9"}).status_code == 422
    wordless = visitor.post(f"{FOLLOW}survey/", {"fixed": "no", "again": "on"})
    assert wordless.status_code == 422 and not CallBack.objects.exists()
    given = {"fixed": "no", "handling": "4", "outcome": "2", "text": "保养券不能用", "again": "on"}
    done = visitor.post(f"{FOLLOW}survey/", given)
    assert "我们重新办理" in text_of(visitor, done["Location"])
    row = CallBack.objects.get()
    assert (row.fixed, row.handling, row.outcome, row.by) == ("no", 4, 2, None)
    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.reopened) == ("investigating", 1)
    assert Delivery.objects.filter(event="complaint.reopened", recipient=desk.cast.chen).exists()
    desk.now = timezone.now()
    closed(desk)
    assert visitor.post(f"{FOLLOW}survey/", {"fixed": "partly"}).status_code == 302
    twice = visitor.post(f"{FOLLOW}survey/", {"fixed": "yes"})
    assert twice.status_code == 409 and "您已经评价过了" in twice.content.decode()
    assert "问题解决了吗" not in text_of(visitor)


def test_after_the_window_nothing_is_reopened(desk: Desk, visitor: Client) -> None:  # noqa: F811
    closed(desk)
    case = Complaint.objects.select_related("case").get().case
    case.closed_at = timezone.now() - 40 * DAY
    case.save(update_fields=["closed_at"])
    assert "前可以要求重新办理" not in text_of(visitor)
    forced = visitor.post(f"{FOLLOW}survey/", {"fixed": "no", "text": "还是不行", "again": "on"})
    assert forced.status_code == 409 and "已不能要求重新办理" in forced.content.decode()
    assert not CallBack.objects.exists() and Complaint.objects.get().state == "closed_accepted"
    assert visitor.post(f"{FOLLOW}survey/", {"fixed": "no", "text": "还是不行"}).status_code == 302


def test_withdrawing_needs_no_reason_and_other_ways_are_named(desk: Desk, visitor: Client) -> None:  # noqa: F811
    Complaint.objects.update(state="decided")
    assert "12315" in text_of(visitor)
    done = visitor.post(f"{FOLLOW}withdraw/", {"said": ""})
    assert "投诉已撤回" in text_of(visitor, done["Location"])
    assert Complaint.objects.get().state == "withdrawn" and Issue.objects.get().state == "withdrawn"
    assert visitor.post(f"{FOLLOW}withdraw/", {"said": ""}).status_code == 409
    assert Delivery.objects.filter(event="complaint.message", recipient=desk.cast.chen).exists()


def test_who_has_no_code_does_nothing(desk: Desk, page: Account) -> None:  # noqa: F811
    offered(desk, "免费保养两次")
    stranger = Client()
    for path, sent in (
        ("proposal/1/", {"answer": "accept"}), ("survey/", {"fixed": "yes"}), ("withdraw/", {"said": "不了"}),
    ):  # fmt: skip
        answer = stranger.post(FOLLOW + path, sent)
        assert answer.status_code == 302 and answer["Location"] == FOLLOW
    assert stranger.get(f"{FOLLOW}proposal/1/")["Location"] == FOLLOW
    assert Complaint.objects.get().state == "proposed"


def test_what_is_done_in_a_matter_has_a_limit(desk: Desk, visitor: Client) -> None:  # noqa: F811
    offered(desk, "免费保养两次")
    row, at = Tracking.objects.get(), timezone.now()
    while codes.may_add(row, at):
        pass
    assert visitor.post(f"{FOLLOW}proposal/1/", {"answer": "accept"}).status_code == 429
    assert Proposal.objects.get().state == "offered"


def test_a_signed_code_shows_it_in_english(desk: Desk, visitor: Client) -> None:  # noqa: F811
    offered(desk, "免费保养两次", "代步车七天")
    english = visitor.get(FOLLOW, headers={"accept-language": "en"}).content.decode()
    assert "We propose 2 ways; choose one" in english and "Withdraw the complaint" in english
