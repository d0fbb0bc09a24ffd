"""A showroom's day in the browser: from the morning check-in to the evening seal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from scripts.screenshots import Browser

from dingfen.ownership.models import Registration
from dingfen.register.models import Entry
from dingfen.register.models import Page as RegisterPage
from tests.browsing import chromium, send
from tests.cast import make_cast
from tests.stories.theatre import Theatre, clock, theatre

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def showroom(live_server: Any, chromium: Browser) -> Iterator[Theatre]:
    with theatre(make_cast(), chromium, live_server.url, "auto-dealer") as stage:
        yield stage


def test_from_check_in_to_the_seal(showroom: Theatre) -> None:
    # 08:50: the receptionist checks the two in as they come.
    showroom.move_to(clock(0, 8, 50))
    desk = showroom.page("shen", "/reception/")
    expect(desk.get_by_text("今天还没有人签到")).to_be_visible()
    desk.get_by_role("button", name="林可欣").click()
    showroom.later(minutes=5)
    desk.get_by_role("button", name="徐嘉言").click()
    turns = desk.locator(".df-turns li")
    expect(turns).to_have_count(2)
    expect(turns.first).to_contain_text("林可欣")

    # 09:20: a walk-in. Phone, name, Enter; by turn the customer is Lin's.
    showroom.move_to(clock(0, 9, 20))
    desk = showroom.page("shen", "/reception/")
    desk.keyboard.type("13812342046")
    expect(desk.locator(".df-ans.free")).to_be_visible()
    desk.get_by_label("姓名").first.fill("陈立群")
    answer = desk.locator("#answer")
    expect(answer.get_by_role("button", name="林可欣")).to_be_visible()
    answer.get_by_label("需求").fill("公务用车")
    answer.get_by_label("等级").select_option("A")
    answer.get_by_role("button", name="林可欣").click()
    expect(desk.locator(".df-today")).to_contain_text("林可欣")
    held = Registration.objects.get()
    assert (held.holder, held.state) == (showroom.cast.lin, "held")
    expect(desk.locator(".df-turns li").first).to_contain_text("徐嘉言")  # the turn is used

    # 14:00: the same customer rings again and reaches Xu, who sees when and whom to ask, and no name.
    showroom.move_to(clock(0, 14))
    xu = showroom.page("xu", "/reception/", width=390)
    xu.get_by_label("手机号").fill("138 1234 2046")
    expect(xu.locator(".df-ans.held")).to_be_visible()
    assert "陈立群" not in xu.content() and "公务用车" not in xu.content()

    # 17:40: the head closes the day; the desk cannot add to it any more.
    showroom.move_to(clock(0, 17, 40))
    day = RegisterPage.objects.get(day=clock(0, 0).date())
    head = showroom.page("jiang", f"/register/{day.book.code}/{day.day}/")
    head.get_by_role("button", name="日结").first.click()
    send(head, head.get_by_role("dialog").get_by_role("button", name="日结"))
    day.refresh_from_db()
    assert day.state == "closed"
    late = showroom.page("shen", "/reception/")
    late.get_by_label("手机号").fill("13900001111")
    late.get_by_label("姓名").first.fill("卢静怡")
    answer = late.locator("#answer")
    answer.get_by_label("需求").fill("家用")
    answer.get_by_label("等级").select_option("B")
    answer.locator("button.btn-primary").click()
    expect(late.get_by_text("已日结").first).to_be_visible()
    assert Registration.objects.count() == 1

    # After midnight the page is sealed; compliance verifies it.
    showroom.move_to(clock(1, 0, 10))
    showroom.worker_round()
    day.refresh_from_db()
    assert day.state == "sealed"
    assert Entry.objects.filter(kind="page.sealed").exists()
    page = showroom.page("zhou", f"/register/{day.book.code}/{day.day}/")
    expect(page.get_by_text("已封存").first).to_be_visible()
