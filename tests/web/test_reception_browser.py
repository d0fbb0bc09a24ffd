"""A receptionist who has never seen the page, in Chromium: few keys, an answer at once, a correct registration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from scripts.screenshots import Browser, Look

from dingfen.accounts.actor import actor_for, system_actor
from dingfen.ownership.actions import register_customer
from dingfen.ownership.models import Registration
from dingfen.ownership.rotation import actions
from dingfen.ownership.rotation.models import TurnEvent
from dingfen.parties.details import Details
from dingfen.policies.actions import publish_shipped
from dingfen.register.models import Look as Logged
from tests.browsing import chromium
from tests.cast import Cast, make_cast
from tests.web.test_pages import AXE, PHONE_EN, WIDE_ZH, session

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_server: Any) -> Iterator[tuple[str, Cast]]:
    """The dealer's rules in force, and a salesperson who has checked in."""
    cast, now = make_cast(), timezone.now()
    since = now - dt.timedelta(days=9)
    publish_shipped(actor=system_actor(cast.company), at=since, unit=cast.company, pack="auto-dealer")
    for who in (cast.lin, cast.xu):
        actions.check_in(actor=actor_for(who, now), at=now)
    yield live_server.url, cast


def test_a_new_receptionist_registers_a_walk_in(desk: tuple[str, Cast], chromium: Browser) -> None:
    url, cast = desk
    chromium.base, chromium.session = url, session(cast.shen, "zh-hans", "light")
    look, keys = Look(), 0
    with chromium.looking(look) as page:
        page.goto(f"{url}/reception/", wait_until="load")
        assert page.evaluate("document.activeElement.id") == "phone"  # nothing to click
        for field in ("13812342046", "\t", "陈立群"):
            if field == "\t":
                page.keyboard.press("Tab")
            else:
                page.keyboard.type(field)
            keys += len(field)
        button = page.locator("#answer .btn-primary")
        expect(button).to_contain_text("登记并交给林可欣")
        expect(page.locator("#answer")).to_contain_text("无人登记")
        fresh = page.locator('#answer input[name="name"][value="陈立群"]')
        expect(fresh).to_have_count(1)  # the answer to what is typed, not to half of it
        page.keyboard.press("Enter")
        keys += 1
        expect(page.locator("#toasts")).to_contain_text("由林可欣接待")
        expect(page.locator(".df-today tbody tr")).to_have_count(1)
        assert page.evaluate("document.activeElement.id") == "phone"  # ready for the next
    held = Registration.objects.get()
    assert (held.holder, held.customer.masked_name) == (cast.lin, "陈**")
    assert TurnEvent.objects.filter(kind="received", staff=cast.lin, customer=held.customer).exists()
    assert keys <= 20  # seven seconds for who types slowly with one finger
    # a question that the next one replaced is no fault
    assert [
        one for one in look.complaints if not one.startswith(("htmx:afterRequest", "htmx:sendError"))
    ] == []


def test_a_whole_number_is_asked_about_once(desk: tuple[str, Cast], chromium: Browser) -> None:
    url, cast = desk
    chromium.base, chromium.session = url, session(cast.shen, "zh-hans", "light")
    asked: list[str] = []
    with chromium.looking(Look()) as page:
        page.on("request", lambda one: asked.append(one.url) if "1381234204" in one.url else None)
        page.goto(f"{url}/reception/", wait_until="load")
        for number in range(3):
            page.keyboard.press("Escape")
            phone = f"1381234204{number}"
            with page.expect_response(lambda one, phone=phone: phone in one.url):
                page.keyboard.type(phone)
            expect(page.locator("#answer .df-ans")).to_be_visible()
            page.wait_for_timeout(400)  # the delayed trigger must not ask again
    assert Logged.objects.filter(kind="conflict.check").count() == 3, asked


def test_enter_waits_for_the_answer_to_what_is_typed(desk: tuple[str, Cast], chromium: Browser) -> None:
    url, cast = desk
    chromium.base, chromium.session = url, session(cast.shen, "zh-hans", "light")
    with chromium.looking(Look()) as page:
        page.goto(f"{url}/reception/", wait_until="load")
        page.keyboard.type("13812342046")
        expect(page.locator("#answer")).to_contain_text("无人登记")
        page.keyboard.press("Tab")
        page.keyboard.type("陈立群")
        page.keyboard.press("Enter")  # at once: asks about number and name, registers nothing yet
        expect(page.locator('#answer input[name="name"][value="陈立群"]')).to_have_count(1)
        assert not Registration.objects.exists()
        page.keyboard.press("Escape")
        assert page.locator("#answer").inner_text() == ""
        assert page.evaluate("document.activeElement.id") == "phone"


def test_the_desk_is_clean_in_every_state(desk: tuple[str, Cast], chromium: Browser) -> None:
    url, cast = desk
    now = timezone.now()
    xu = actor_for(cast.xu, now)
    details = Details(name="方秋实", phones=("13912345678",), grade="A", profile={"need": "公务用车"})
    register_customer(actor=xu, at=now, details=details)
    states = {
        "free": "phone=13812342046&name=陈立群",
        "held": "phone=13912345678&name=方秋实",
        "possible": "phone=&name=方秋实",
        "turn": f"person={cast.lin.uid}",
    }
    faults = []
    for look in (WIDE_ZH, PHONE_EN):
        chromium.base, chromium.session = url, session(cast.shen, look.language, look.theme)
        here = Look(look.width, look.theme, look.language)
        with chromium.looking(here) as page:
            for state, query in states.items():
                page.goto(f"{url}/reception/?{query}", wait_until="load")
                wanted = ".df-turn-panel" if state == "turn" else f".df-ans.{state}"
                assert page.locator(wanted).count() == 1, (state, look)
                faults += [
                    f"{state} {look.width}: {one['id']} {[node['target'] for node in one['nodes']][:3]}"
                    for one in AXE.run(page).response["violations"]
                ]
                wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                if wide > room:
                    faults.append(f"{state} {look.width}: {wide} px wide")
        faults += here.complaints
    assert not faults, "\n".join(faults)
