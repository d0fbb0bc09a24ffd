"""Frequent questions: shown before the form once a second person approved them, and never instead of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dingfen.channels.models import Account
from dingfen.complaints.actions import questions
from dingfen.complaints.models import Question
from dingfen.problems import Problem
from dingfen.register.models import Entry
from tests.cast import Cast
from tests.channels.conftest import home  # noqa: F401
from tests.channels.test_public_page import EVIL, PAGE, page, visitor  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def propose(cast: Cast, who: str = "chen", **more: Any) -> Question:
    now = timezone.now()
    today = cast.site.day(now)
    given = {"unit_uid": cast.site.uid, "language": "zh-hans", "question": "何时可以提车？",
             "answer": "按合同约定的日期；晚了我们会提前通知。", "review_by": today + 30 * DAY}  # fmt: skip
    return questions.propose(actor=cast.actor(who, now), at=now, **{**given, **more})  # type: ignore[arg-type]


def test_a_second_person_approves_it_and_it_ends_by_itself(cast: Cast) -> None:
    row, now = propose(cast), timezone.now()
    today = cast.site.day(now)
    shown = Question.objects.shown(cast.east, "zh-hans", today)
    assert not shown.exists()
    with pytest.raises(Problem) as own:
        questions.approve(actor=cast.actor("chen", now), at=now, question_uid=row.uid)
    assert own.value.code in ("forbidden", "role.needed", "question.own")
    mine = propose(cast, "fang", unit_uid=cast.company.uid)
    with pytest.raises(Problem) as own:
        questions.approve(actor=cast.actor("fang", now), at=now, question_uid=mine.uid)
    assert own.value.code == "question.own"
    questions.approve(actor=cast.actor("fang", now), at=now, question_uid=row.uid)
    assert shown.count() == 1 and not Question.objects.shown(cast.company, "zh-hans", today).exists()
    assert not Question.objects.shown(cast.site, "en", today).exists()
    assert not Question.objects.shown(cast.site, "zh-hans", today + 31 * DAY).exists()
    Question.objects.update(valid_from=today + DAY, valid_until=today + 2 * DAY)
    days = [Question.objects.shown(cast.site, "zh-hans", today + n * DAY).exists() for n in range(4)]
    assert days == [False, True, True, False]
    changed = propose(cast, question_uid=row.uid, answer="改过的话，须再次批准。")
    assert changed.state == "proposed" and changed.approved_by is None and not shown.exists()
    questions.retire(actor=cast.actor("chen", now), at=now, question_uid=row.uid)
    with pytest.raises(Problem):
        questions.approve(actor=cast.actor("fang", now), at=now, question_uid=row.uid)
    kinds = list(Entry.objects.filter(subject_type="question").values_list("kind", flat=True))
    assert kinds.count("question.proposed") == 3 and kinds.count("question.retired") == 1
    gone = today - DAY
    for wrong in ({"review_by": gone}, {"valid_until": gone}, {"answer": "短"}, {"language": "fr"}):
        with pytest.raises(Problem):
            propose(cast, **wrong)


def test_answers_stand_before_the_form_and_never_instead(cast: Cast, page: Account, visitor: Client) -> None:  # noqa: F811
    now = timezone.now()
    bare = visitor.get(PAGE).content.decode()
    assert 'id="complain"' in bare and "也许这里" not in bare
    one, two = (
        propose(cast, answer=f"按合同约定。{EVIL}"),
        propose(cast, question="怎样退定金？", answer="七个工作日原路退回。"),
    )
    for row in (one, two):
        questions.approve(actor=cast.actor("fang", now), at=now, question_uid=row.uid)
    both = visitor.get(PAGE).content.decode()
    assert both.index('href="#complain"') < both.index("何时可以提车？") < both.index('id="complain"')
    assert "<script>alert(1)" not in both
    asked = visitor.get(PAGE, {"q": "定金怎样退"}).content.decode()
    assert "怎样退定金？" in asked and "何时可以提车？" not in asked and 'id="complain"' in asked
    none = visitor.get(PAGE, {"q": "航天飞机"}).content.decode()
    assert 'id="complain"' in none and "怎样退定金？" not in none
    for _ in range(3):
        assert visitor.post(f"{PAGE}helped/{two.uid}/", {"yes": "1"}).status_code == 302
    two.refresh_from_db()
    assert (two.yes, two.no) == (1, 0)  # one address counts once
    questions.retire(actor=cast.actor("chen", now), at=now, question_uid=two.uid)
    assert visitor.post(f"{PAGE}helped/{two.uid}/", {"yes": "0"}).status_code == 404


def test_on_its_page(cast: Cast) -> None:
    chen, fang = Client(), Client()
    chen.force_login(cast.chen)
    fang.force_login(cast.fang)
    until = (timezone.now().date() + 30 * DAY).isoformat()
    told = {
        "unit": str(cast.site.uid),
        "language": "zh-hans",
        "question": "周末有人吗？",
        "answer": "周末九点到五点有人。",
    }
    wrong = chen.post("/complaints/questions/", {**told, "review_by": "x"})
    assert wrong.status_code == 422 and "周末有人吗？" in wrong.content.decode()
    assert (
        chen.post("/complaints/questions/", {**told, "review_by": until, "valid_until": ""}).status_code
        == 302
    )
    row = Question.objects.get()
    act = f"/complaints/questions/{row.uid}/approve/"
    assert chen.post(act, {"review_by": until}).status_code == 403
    assert (
        chen.post(act.replace("approve", "praise")).status_code == 404
        and Question.objects.get().state == "proposed"
    )
    assert fang.post(act, {"review_by": until}).status_code == 302
    row.refresh_from_db()
    assert row.state == "approved" and row.approved_by == cast.fang
