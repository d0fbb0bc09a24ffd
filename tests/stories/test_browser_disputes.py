"""Disputes in the browser: by scorecard across departments to the final ruling; a concealed holder found; the pool."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from scripts.screenshots import Browser

from dingfen.ownership import actions
from dingfen.ownership.models import Deal, Dispute, Effect, Registration
from dingfen.ownership.replay import replay
from dingfen.ownership.sanction_rows import Sanction
from dingfen.parties.details import Details
from dingfen.wiring import JOBS
from tests.browsing import chromium, send
from tests.cast import make_cast
from tests.stories.theatre import Theatre, clock, theatre

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(live_server: Any, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Theatre]:
    with theatre(make_cast(), chromium, live_server.url, request.param) as opened:
        yield opened


def act(stage: Theatre, who: str, action: str, **given: Any) -> Any:
    """What happened before the story begins, without the browser."""
    return getattr(actions, action)(actor=stage.cast.actor(who, stage.now), at=stage.now, **given)


def customer(stage: Theatre, who: str, name: str, phone: str, employer: str = "") -> Registration:
    details = Details(
        name=name,
        employer=employer,
        phones=(phone,),
        grade="A",
        profile={"need": "公务用车", "budget": "30 万"},
    )
    held: Registration = act(stage, who, "register_customer", details=details)
    return held


def sign_a_deal(stage: Theatre, who: str, phone: str = "13812342046", **fields: str) -> Page:
    """Enter a deal with a customer somebody else holds: the system opens the dispute, and shows it."""
    page = stage.page(who, "/deals/new/")
    for name, value in {"phone": phone, **fields}.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/disputes/**")
    return page


def say(page: Page, statement: str) -> None:
    page.locator("#statement").fill(statement)
    page.locator("#panel button.btn-primary").click()
    expect(page.locator("#statement")).to_have_count(0)


def sign(page: Page) -> None:
    """Rule as proposed."""
    page.locator("#panel input[value=proposed]").check()
    page.locator("#panel button.btn-primary").click()
    expect(page.locator("#panel input[value=proposed]")).to_have_count(0)


@pytest.mark.parametrize("stage", ["media-sales"], indirect=True)
def test_across_departments_by_scorecard_appealed_and_final(stage: Theatre) -> None:
    # Lin finds the client and visits; Xu meets its marketing chief later and signs.
    stage.move_to(clock(0, 10))
    held = customer(stage, "lin", "邵庭", "13812342046", "衡川建筑工程有限公司")
    uid = held.customer.uid
    for who, hours in (("lin", 4), ("lin", 44), ("xu", 24)):
        stage.later(hours=hours)
        act(stage, who, "record_touch", uid=uid, kind="visit")
    stage.later(hours=3)
    page = sign_a_deal(stage, "xu", quantity="1", amount="480,000", reference="XH-20261121-07")
    dispute = Dispute.objects.select_related("case").get()
    path = f"/disputes/{dispute.case.uid}/"

    say(page, "客户市场总监由我接洽，合同由我签订。")
    say(stage.page("lin", path), "11 月 18 日登记并首次面访，此后再访一次。")
    dispute.refresh_from_db()
    assert dispute.state in {"awaiting_ruling", "awaiting_joint"}

    # Both heads rule together; whoever comes second sees what the first has said.
    head = stage.page("jiang", path)
    expect(head.locator(".df-score")).to_be_visible()
    sign(head)
    other = stage.page("gu", path)
    expect(other.locator("#panel")).to_contain_text("姜若琳")
    sign(other)
    dispute.refresh_from_db()
    assert dispute.state == "ruled"
    ruling = dispute.rulings.get()
    assert replay(ruling)

    # The losing side appeals in time; the general manager's word is final.
    loser = "xu" if ruling.holder == stage.cast.lin else "lin"
    stage.later(days=2)
    page = stage.page(loser, path)
    page.locator("#grounds").fill("未计入与市场总监的面访，请复核接触记录。")
    page.locator("#panel form button").click()
    expect(page.locator("#grounds")).to_have_count(0)
    final = stage.page("fang", path)
    final.locator("#panel input[value=stands]").check()
    final.locator("#panel #reason").fill("面访均已计分，分差达到办法规定，维持原裁决。")
    final.locator("#panel button.btn-primary").click()
    expect(final.locator("#panel #reason")).to_have_count(0)
    dispute.refresh_from_db()
    assert dispute.state == "final"
    assert not Effect.objects.filter(ruling__dispute=dispute, state="pending").exists()
    paper = stage.page("lin", f"{path}paper/")
    expect(paper.locator("main")).to_contain_text("终极裁决")


@pytest.mark.parametrize("stage", ["auto-dealer"], indirect=True)
def test_a_concealed_holder_is_found_and_sanctioned(stage: Theatre) -> None:
    # Lin holds and follows up. Two days later Xu serves the customer without a word and signs.
    stage.move_to(clock(0, 10))
    held = customer(stage, "lin", "陈立群", "13812342046")
    stage.later(hours=20)
    act(stage, "lin", "record_touch", uid=held.customer.uid, kind="visit")
    stage.later(days=1)
    act(stage, "xu", "record_touch", uid=held.customer.uid, kind="walk_in")
    stage.later(hours=2)
    page = sign_a_deal(stage, "xu", quantity="2", amount="400,000", reference="HT-20261120-01")
    dispute = Dispute.objects.select_related("case").get()
    path = f"/disputes/{dispute.case.uid}/"
    say(page, "客户当天到店，由我接待并签约。")
    say(stage.page("lin", path), "登记在先，未接到任何告知。")
    for head in ("jiang", "gu"):
        sign(stage.page(head, path))
    ruling = dispute.rulings.get()
    assert ruling.holder == stage.cast.lin
    assert json_rule(ruling.proposed) == "concealed-holder"

    # The ruling proposes a sanction; Xu is heard; a head who is not the accuser decides.
    stage.later(days=6)  # the appeal window is over
    sanction = Sanction.objects.select_related("case").get(staff=stage.cast.xu, dispute=dispute)
    assert sanction.state == "hearing"
    listed = stage.page("xu", "/sanctions/?whose=me")
    listed.get_by_role("link", name=sanction.case.number).first.click()
    listed.locator("[name=answer]").fill("当时以为客户首次到店，未查询，今后先检测再接待。")
    listed.locator("#panel button.btn-primary").click()
    expect(listed.locator("blockquote")).to_contain_text("今后先检测再接待")
    address = listed.url.split("#")[0].removeprefix(stage.browser.base)
    decider = stage.page("gu", address)
    decider.locator("[name=outcome]").first.check()
    decider.locator("#panel [name=reason]").fill("登记簿没有告知记录，事实清楚，按条款处理。")
    decider.locator("#panel button.btn-primary").click()
    expect(decider.locator("#panel [name=outcome]")).to_have_count(0)
    told = stage.page("xu", address)
    expect(told.locator("main")).to_contain_text("OWN-16")


def json_rule(proposed: bytes) -> str:
    import json

    return str(json.loads(bytes(proposed))["decisive_rule"])


@pytest.mark.parametrize("stage", ["auto-dealer"], indirect=True)
def test_a_customer_of_the_pool_is_lost_by_a_hair(stage: Theatre) -> None:
    # A hold lapses; its customer waits in the pool. Gu's and Jiang's salespeople both look at it.
    stage.move_to(clock(0, 10))
    held = customer(stage, "lin", "卢静怡", "13700112233")
    stage.later(days=20)
    held.refresh_from_db()
    assert held.state in {"pooled", "cooling"}
    pages = {}
    rival = stage.cast.stranger.__class__.objects.create_user(
        username="ye",
        email="ye@yuanlan.example",
        name="叶知秋",
        company=stage.cast.company,
        unit=stage.cast.west,
    )
    from dingfen.accounts.models import Role, RoleGrant

    RoleGrant.objects.create(staff=rival, role=Role.SALESPERSON, unit=stage.cast.west)
    stage.cast.ye = rival  # type: ignore[attr-defined]
    for who in ("xu", "ye"):
        pages[who] = stage.page(who, f"/holdings/{held.uid}/")
        expect(pages[who].get_by_role("button", name="领取")).to_be_visible()
    send(pages["xu"], pages["xu"].get_by_role("button", name="领取"))
    now = Registration.objects.get(customer=held.customer, state="held")
    assert now.holder == stage.cast.xu
    # One click too late: Ye reads that somebody was faster, and nothing is changed.
    send(pages["ye"], pages["ye"].get_by_role("button", name="领取"))
    assert Registration.objects.filter(customer=held.customer, state="held").count() == 1
    pages["ye"].wait_for_url("**/pool/")
    expect(pages["ye"].locator("body")).to_contain_text("刚被他人领取")


@pytest.mark.parametrize("stage", ["auto-dealer"], indirect=True)
def test_an_absent_colleagues_customer_served_signed_claimed_ruled_and_split(stage: Theatre) -> None:
    # Lin holds the customer and is away; the desk finds that, and Xu receives as duty, which tells Lin.
    stage.move_to(clock(0, 9))
    customer(stage, "lin", "陈立群", "13812342046")
    stage.move_to(clock(1, 8, 50))
    desk = stage.page("shen", "/reception/")
    desk.get_by_role("button", name="徐嘉言").first.click()
    stage.move_to(clock(1, 10))
    desk = stage.page("shen", "/reception/")
    desk.locator("#phone").fill("13812342046")
    expect(desk.locator(".df-ans.held")).to_be_visible()
    desk.locator("#name").fill("陈立群")
    answer = desk.locator("#answer")
    answer.locator("[name=note]").fill("客户来看车，谈了两台公务车的价格。")
    answer.locator("button.btn-primary").click()
    expect(desk.locator(".df-today")).to_contain_text("徐嘉言")
    notices = stage.page("lin", "/notices/")
    expect(notices.locator("main")).to_contain_text("陈")

    # The customer signs with Xu the same day: a dispute opens by itself; Lin keeps the customer, the credit is split.
    stage.later(hours=3)
    page = sign_a_deal(stage, "xu", quantity="2", amount="400,000", reference="HT-20261119-03")
    dispute = Dispute.objects.select_related("case").get()
    path = f"/disputes/{dispute.case.uid}/"
    say(page, "归属人不在店，义务接待，已当时告知并记录。")
    say(stage.page("lin", path), "我登记在先，当天在外拜访客户。")
    for head in ("jiang", "gu"):
        panel = stage.page(head, path)
        expect(panel.locator("main")).to_contain_text("OWN-23")
        sign(panel)
    ruling = dispute.rulings.get()
    assert ruling.holder == stage.cast.lin
    assert json_rule(ruling.proposed) == "duty-reception"
    halves = {str(stage.cast.lin.uid): 5000, str(stage.cast.xu.uid): 5000}  # hundredths of a per cent
    assert {one["staff"]: int(one["share"]) for one in ruling.split} == halves
    assert replay(ruling)
    shown = stage.page("xu", path)
    expect(shown.locator("main")).to_contain_text("50%")
    paper = stage.page("lin", f"{path}paper/")
    expect(paper.locator("main")).to_contain_text("50%")
    expect(paper.locator("main")).to_contain_text("OWN-23")
    stage.later(days=6)
    dispute.refresh_from_db()
    assert dispute.state == "final"
    due = Effect.objects.filter(ruling=ruling, state="due")
    assert {one.staff: one.share for one in due.filter(kind="commission")} == {
        stage.cast.lin: 50,
        stage.cast.xu: 50,
    }
    assert due.get(code="hand-over-after-duty").staff == stage.cast.xu
    assert Deal.objects.get().signed_at.date() >= dt.date(2026, 11, 19)


@pytest.mark.parametrize("stage", ["auto-dealer"], indirect=True)
def test_a_leavers_customers_are_handed_over(stage: Theatre) -> None:
    # Lin leaves. Her head plans who gets what, sees the sums, hands over; nothing of hers is left open.
    stage.move_to(clock(0, 10))
    numbers = ("13812342046", "13700112233", "13655667788")
    holds = [
        customer(stage, "lin", name, number)
        for name, number in zip(("陈立群", "卢静怡", "白刚睿"), numbers, strict=True)
    ]
    stage.later(days=1)
    page = stage.page("jiang", "/handovers/new/")
    page.locator("#person").select_option(str(stage.cast.lin.uid))
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url("**person=**")
    page.locator("[name=way][value=one]").check()
    page.locator("#to").select_option([str(stage.cast.xu.uid)])
    page.locator("[name=reason]").fill("离职交接，客户由二组徐嘉言接手。")
    page.locator("main form[method=post] button.btn-primary").click()
    page.wait_for_url("**/handovers/*-*/")
    expect(page.locator("main")).to_contain_text("徐嘉言")
    page.locator("[data-dialog=start]").click()
    send(page, page.locator("dialog[open] button.btn-primary, dialog[open] button[type=submit]").first)
    for _ in range(20):
        if not JOBS["handovers"](stage.now):
            break
    page = stage.page("jiang", page.url.removeprefix(stage.browser.base))
    expect(page.locator("main")).to_contain_text("已完成")
    for old in holds:
        old.refresh_from_db()
        assert old.state == "transferred"
        now = Registration.objects.get(customer=old.customer, state="held")
        assert (now.holder, now.protected_until) == (stage.cast.xu, old.protected_until)
    told = stage.page("xu", "/notices/")
    expect(told.locator("main")).to_contain_text("交接")
