"""Papers of a mediation and of a change: drafted from the record, in both languages, sent and kept like letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from dingfen.complaints.actions import changing, climbing, handling, letters, proposing
from dingfen.complaints.actions.filing import make_case_file
from dingfen.complaints.models import Letter
from dingfen.papers.model import Signatures
from tests.channels.conftest import home  # noqa: F401
from tests.complaints.conftest import Desk
from tests.complaints.test_stories import DAY, found_issue, offer, refused

pytestmark = pytest.mark.django_db


def test_from_the_invitation_to_the_agreement(ruled: Desk, home: Path) -> None:  # noqa: F811
    desk = ruled
    complaint = desk.call().complaint
    uid = complaint.case.uid
    assert Letter.Kind.MINUTES not in letters.offered_kinds(complaint)
    desk.act("chen", handling.assess, case_uid=uid, klass="delay")
    issue = found_issue(desk, uid)
    small = offer(desk, uid, issue, "goodwill", "善意补偿 80 元", "80")
    desk.act("chen", proposing.offer, case_uid=uid, answer_by=desk.now + 2 * DAY)
    desk.act("chen", proposing.answer_proposal, proposal_uid=small.uid, answer="decline", via="phone")
    talk = desk.act("chen", climbing.go_to, case_uid=uid, step="negotiation", reason="与客户当面协商补偿金额")
    desk.act("chen", climbing.end_step, step_uid=talk.uid, outcome="not_agreed", text="金额差距较大")
    step = desk.act("chen", climbing.go_to, case_uid=uid, step="mediation", reason="双方同意由消费者协会调解",
                    body="区消费者协会")  # fmt: skip
    assert {Letter.Kind.INVITATION, Letter.Kind.FAILURE} <= set(
        letters.offered_kinds(desk.complaint(complaint))
    )

    def shown(
        letter: str, language: str = "zh-hans", body: str | None = None
    ) -> tuple[letters.Draft, letters.Paper]:
        return letters.preview(
            actor=desk.actor("chen"), at=desk.now, complaint=desk.complaint(complaint), letter=letter,
            language=language, body=body,
        )  # fmt: skip

    draft, _ = shown("invitation")
    assert "区消费者协会" in draft.body and "晚交车 6 天" in draft.body and "自愿" in draft.body
    send = {"case_uid": uid, "letter": "invitation", "via": "letter"}
    refused("letter.blanks", desk, "chen", letters.send_letter, **send)
    filled = draft.body.replace("时间：________", "时间：11 月 20 日 14:00").replace(
        "地点：________", "地点：协会二楼"
    )
    desk.act("chen", letters.send_letter, **send, body=filled)
    desk.act(
        "chen", climbing.note_session, step_uid=step.uid, agreed=True, no_interest=True, signed=True, read_back=True,
        held_at=desk.now,
        minutes={"mediator": "钱可", "place": "协会二楼", "present": "高雅琴、陈晨", "theirs": "晚了六天",
                 "ours": "物流受阻", "agreed_points": "12 月 5 日前支付 400 元", "open_points": "代步费"},
    )  # fmt: skip
    minutes, paper = shown("minutes")
    whole = (
        "钱可",
        "协会二楼",
        "晚了六天",
        "物流受阻",
        "12 月 5 日前支付 400 元",
        "代步费",
        "无利害关系",
        "已向双方宣读",
    )
    for said in whole:
        assert said in minutes.body, said
    signs = next(block for block in paper.blocks if isinstance(block, Signatures))
    assert [one.place for one in signs.signers] == ["甲方", "乙方", "调解人"]
    agreed, _ = shown("mediated", "en")
    assert "Party B: 高雅琴" in agreed.body and "12 月 5 日前支付 400 元" in agreed.body
    failed, _ = shown("failure")
    assert "未达成协议" in failed.body and failed.rights  # where else to turn always goes along
    row = desk.act("chen", letters.send_letter, case_uid=uid, letter="minutes", via="counter")
    assert "-M " in row.number
    made = desk.act("fang", make_case_file, case_uid=uid, purpose="arbitration", body="仲裁委员会")
    assert [one.mark for one in made.documents.every] == ["L1", "L2"]


def test_a_change_becomes_a_supplementary_agreement(ruled: Desk, home: Path) -> None:  # noqa: F811
    desk = ruled
    complaint = desk.call().complaint
    uid = complaint.case.uid
    ask = desk.act("chen", changing.ask_change, case_uid=uid, what="改为白色内饰", why="家人过敏")
    desk.act(
        "chen", changing.assess_change, change_uid=ask.uid, effect="工厂重新排产", days=12, price="-1200.50"
    )
    desk.act(
        "fang", changing.decide_change, change_uid=ask.uid, approve=True, reason="影响可以接受，同意变更"
    )
    assert Letter.Kind.CHANGE in letters.offered_kinds(desk.complaint(complaint))
    for language, words in (
        ("zh-hans", ("改为白色内饰", "顺延 12 天", "减少", "壹仟贰佰元伍角")),
        ("en", ("12 days later", "falls by", "Party A")),
    ):
        draft, _ = letters.preview(
            actor=desk.actor("chen"), at=desk.now, complaint=desk.complaint(complaint), letter="change",
            language=language,
        )  # fmt: skip
        for said in words:
            assert said in draft.body, draft.body
    row = desk.act("chen", letters.send_letter, case_uid=uid, letter="change", via="counter")
    assert row.attachment.content_type == "application/pdf" and "-V " in row.number
