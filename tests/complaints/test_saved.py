"""Saved replies and macros: variables, approval where shared, all steps or none, taken back together."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dingfen.cases import thread as threads
from dingfen.cases.models import Message
from dingfen.clocks.models import Clock
from dingfen.complaints.actions.intake import Complainant
from dingfen.complaints.desk import deeds, labels, shared, steps, variables
from dingfen.complaints.models import Deed, Macro, SavedReply
from dingfen.problems import Problem
from tests.complaints.conftest import Desk
from tests.complaints.test_desk import refused
from tests.complaints.test_pages import enter, now_desk

__all__ = ["now_desk"]
pytestmark = pytest.mark.django_db
ZH, EN = "{customer}您好，{number} 由{handler}办理，{promise}", "Dear {customer}, {number} is with {handler}."


def test_variables_are_known_or_refused_and_speak_the_customers_language(ruled: Desk) -> None:
    mine = ruled.act("chen", shared.save_reply, name="受理", zh=ZH, en=EN)
    chinese = ruled.call().complaint
    english = ruled.call(
        complainant=Complainant(name="Ann Lee", phone="13900001111"), language="en"
    ).complaint
    chen, at = ruled.actor("chen"), ruled.now
    got = variables.fill(mine.zh, mine.en, chinese, chen, at)
    assert got.text == f"高雅琴您好，{chinese.case.number} 由陈晨办理，{{promise}}"
    assert got.missing == ("promise",)
    assert variables.fill(mine.zh, mine.en, english, chen, at).text.startswith("Dear Ann Lee, C-")
    for text, fault in (("{name}", "variable.unknown"), ("{number", "variable.brace"), (" ", "required")):
        refused(fault, shared.save_reply, actor=chen, at=at, name="错", zh=text)
    everything = " ".join(f"{{{name}}}" for name in variables.VARIABLES)
    assert variables.check(everything, "zh") == everything
    assert "{deadline}" not in variables.fill(everything, "", chinese, chen, at).text


def test_what_is_shared_waits_for_somebody_else_each_time_it_changes(ruled: Desk) -> None:
    site = ruled.cast.site.uid
    row = ruled.act("chen", shared.save_reply, name="致歉", zh="很抱歉。", unit_uid=site)
    assert shared.usable_replies(ruled.actor("chen")) == []
    refused("shared.own", shared.approve, actor=ruled.actor("chen"), at=ruled.now, uid=row.uid)
    refused("not_visible", shared.approve, actor=ruled.actor("stranger"), at=ruled.now, uid=row.uid)
    refused("shared.rank", shared.approve, actor=ruled.actor("shen"), at=ruled.now, uid=row.uid)
    company = ruled.act(
        "chen", shared.save_reply, name="全公司", zh="您好。", unit_uid=ruled.cast.company.uid
    )
    ruled.act("fang", shared.approve, uid=company.uid, version=1)
    assert [one.name for one in shared.usable_replies(ruled.actor("lin"))] == ["全公司"]
    refused("version.stale", shared.save_reply, actor=ruled.actor("chen"), at=ruled.now, uid=company.uid,
            name="全公司", zh="您好！", unit_uid=ruled.cast.company.uid, version=9)  # fmt: skip
    ruled.act(
        "chen",
        shared.save_reply,
        uid=company.uid,
        name="全公司",
        zh="您好：",
        unit_uid=ruled.cast.company.uid,
    )
    assert shared.usable_replies(ruled.actor("lin")) == []
    refused(
        "version.stale", shared.approve, actor=ruled.actor("fang"), at=ruled.now, uid=company.uid, version=1
    )
    refused("unit.unknown", shared.save_reply, actor=ruled.actor("chen"), at=ruled.now, name="x", zh="y",
            unit_uid=ruled.cast.east.uid)  # fmt: skip
    ruled.act("chen", shared.retire, uid=row.uid)
    assert SavedReply.objects.visible_to(ruled.actor("chen")).count() == 1


def test_a_macro_does_all_or_nothing_and_is_taken_back_as_one(ruled: Desk) -> None:
    got = ruled.call("shen").complaint
    pause = {"do": "pause", "reason": "customer-must-answer", "proof": "已请客户补交发票"}
    whole = [
        {"do": "label", "add": ["待补件"]}, {"do": "assign", "to": "me"}, {"do": "level", "level": "complex"}, pause,
        {"do": "reply", "zh": "{customer}您好，请补交发票。", "channel": "phone"},
    ]  # fmt: skip
    macro = ruled.act("chen", shared.save_macro, name="请补件", steps=whole)
    with pytest.raises(Problem):  # no class is known yet, so it cannot be graded: nothing of it is done
        ruled.act("chen", steps.run, case_uid=got.case.uid, macro_uid=macro.uid)
    assert (ruled.complaint(got).handler, labels.labels_of([got]), Deed.objects.count()) == (None, {}, 0)
    from dingfen.complaints.actions.handling import assess

    ruled.act("fang", assess, case_uid=got.case.uid, klass="delay")
    deed = ruled.act("chen", steps.run, case_uid=got.case.uid, macro_uid=macro.uid)
    now = ruled.complaint(got)
    assert (now.handler, now.level, labels.labels_of([now])) == (
        ruled.cast.chen,
        "complex",
        {now.pk: ["待补件"]},
    )
    paused = Clock.objects.filter(subject_uid=now.case.uid, state=Clock.State.PAUSED)
    assert paused.count() == 1
    said = Message.objects.get(case=now.case, direction="out")
    assert threads.text_of(said) == "高雅琴您好，请补交发票。"
    back = deeds.undo(actor=ruled.actor("chen"), at=ruled.now, deed_uid=deed.uid)
    assert [one.do for one in back if one.problem] == ["reply"]  # what the customer has heard stays
    now = ruled.complaint(got)
    assert (now.handler, now.level, labels.labels_of([now]), paused.count()) == (None, "ordinary", {}, 0)
    gap = ruled.act("chen", shared.save_macro, name="缺值", steps=[{"do": "note", "text": "承诺：{promise}"}])
    refused("variable.missing", steps.run, actor=ruled.actor("chen"), at=ruled.now, case_uid=got.case.uid,
            macro_uid=gap.uid)  # fmt: skip
    for wrong, code in (([], "required"), ([{"do": "close"}], "step.unknown"), ([{"do": "label"}], "required"),
                        ([{"do": "snooze", "until": "never"}], "snooze.until"),
                        ([{"do": "level", "level": "grave"}], "level.unknown"),
                        ([{"do": "pause", "reason": "lunch", "proof": "12:30"}], "pause.unknown")):  # fmt: skip
        refused(code, shared.save_macro, actor=ruled.actor("chen"), at=ruled.now, name="错", steps=wrong)
    waits = ruled.act("chen", shared.save_macro, name="共享", steps=whole, unit_uid=ruled.cast.site.uid)
    refused("macro.waits", steps.run, actor=ruled.actor("chen"), at=ruled.now, case_uid=got.case.uid,
            macro_uid=waits.uid)  # fmt: skip


def test_both_on_the_pages(now_desk: Desk) -> None:
    client = enter(now_desk, "chen")
    uid = now_desk.call().complaint.case.uid
    page = reverse("complaint_saved")
    assert (
        client.post(page, {"do": "reply", "name": "受理", "zh": "{customer}您好，已受理。"}).status_code
        == 302
    )
    assert client.post(page, {"do": "reply", "name": "错", "zh": "{nobody}"}).status_code == 422
    saved = SavedReply.objects.get()
    fill = reverse("complaint_insert", args=[uid, saved.uid])
    whole = client.post(fill, {"text": "前面的话"}).content.decode()
    assert "前面的话\n高雅琴您好，已受理。" in whole
    part = client.post(fill, {"text": ""}, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith("<textarea")
    body = {
        "do": "macro",
        "name": "受理并标",
        "add": "已受理",
        "note": "{number} 已受理",
        "zh": "已受理。",
        "to": "me",
    }
    again = client.post(page, {**body, "to": "nobody", "level": "major"})
    assert again.status_code == 422
    assert '<option value="major" selected' in again.content.decode()  # what was typed stays
    assert client.post(page, {**body, "version": "x"}).status_code == 302
    macro = Macro.objects.get()
    look = reverse("complaint_macro", args=[uid, macro.uid])
    assert "已受理。" in client.get(look).content.decode()
    assert client.post(look).status_code == 302
    assert Message.objects.filter(case__uid=uid, direction="out").count() == 1
    assert "受理并标" in client.get(f"{page}?edit={macro.uid}").content.decode()
    for verb in ("retire",):
        assert client.post(page, {"do": verb, "uid": macro.uid}).status_code == 302
    assert Macro.objects.visible_to(now_desk.actor("chen")).count() == 0
