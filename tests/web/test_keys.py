"""The keyboard in Chromium: moving, choosing, snoozing, nudging, undo, the palette, and when single keys rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from scripts.screenshots import Browser, Look

from dingfen.accounts.models import Staff
from dingfen.cases.models import Nudge, Snooze
from dingfen.policies.drafting import start_draft
from tests.browsing import chromium
from tests.cast import Cast, make_cast
from tests.web.conftest import hold
from tests.web.test_pages import session

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(live_server: Any) -> Cast:
    cast = make_cast()
    for number in (1, 2, 3):
        hold(cast, number, cast.lin, dt.timedelta(hours=5 * number))
    return cast


@pytest.fixture
def page(live_server: Any, house: Cast, chromium: Browser) -> Iterator[Page]:
    look = Look(language="en")
    chromium.base, chromium.session = live_server.url, session(house.lin, "en", "light")
    with chromium.looking(look) as found:
        found.goto(f"{chromium.base}/")
        yield found
    # htmx reports a search that a later letter has replaced
    assert not [one for one in look.complaints if not one.startswith("htmx:")], look.complaints


def rows(page: Page) -> Any:
    return page.locator(".df-rows tbody tr")


def test_h_snoozes_the_row_under_the_cursor_and_z_takes_it_back(page: Page) -> None:
    expect(rows(page)).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.cur")).to_contain_text("K-000002")
    page.keyboard.press("h")
    expect(page.locator(".df-bulk .pop input[value=tomorrow]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(2)
    assert Snooze.objects.count() == 1
    # the list is swapped first, what can be taken back comes after it has settled
    expect(page.locator("#toasts form")).to_be_visible()
    page.keyboard.press("z")
    expect(rows(page)).to_have_count(3)
    assert not Snooze.objects.exists()


def test_x_chooses_several_and_n_says_row_by_row(page: Page, live_server: Any, house: Cast) -> None:
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator(".df-bulk [data-count]")).to_have_text("2")
    page.keyboard.press("n")
    expect(page.locator(".df-results li.no")).to_have_count(2)
    expect(page.locator(".df-results")).to_contain_text("It is your own move")
    assert not Nudge.objects.exists()


def test_single_keys_rest_in_fields_with_modifiers_and_while_an_input_method_composes(page: Page) -> None:
    page.keyboard.press("j")
    for told in ("isComposing: true", "keyCode: 229"):
        made = f"new KeyboardEvent('keydown', {{key: 'h', bubbles: true, {told}}})"
        page.evaluate(f"document.activeElement.dispatchEvent({made})")
    page.keyboard.press("Alt+h")
    expect(page.locator(".df-bulk details[open]")).to_have_count(0)
    page.keyboard.press("Control+k")
    field = page.locator("#palette input")
    expect(field).to_be_focused()
    page.keyboard.type("hn?")
    expect(field).to_have_value("hn?")
    expect(page.locator("#keys")).not_to_have_attribute("open", "")


def test_single_keys_can_be_switched_off(page: Page, house: Cast) -> None:
    Staff.objects.filter(pk=house.lin.pk).update(single_keys=False)
    page.reload()
    for key in ("j", "h", "?"):
        page.keyboard.press(key)
    expect(page.locator("tr.cur")).to_have_count(0)
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_have_attribute("open", "")


def test_the_palette_finds_commands_and_opens_them(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("snoo")
    expect(page.locator("#hits a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?view=snoozed")
    page.keyboard.press("Control+k")
    page.keyboard.type("mine to rule")  # no salesperson rules
    expect(page.locator("#hits")).to_contain_text("Nothing for")


def test_the_sheet_lists_the_keys(page: Page) -> None:
    page.keyboard.press("?")
    sheet = page.locator("#keys")
    expect(sheet).to_have_attribute("open", "")
    for words in ("Snooze", "Nudge", "next and previous record of the list"):
        expect(sheet).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(sheet).not_to_have_attribute("open", "")


def test_shift_j_and_k_go_through_the_records_of_the_list(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/holdings/")
    paths = [link.get_attribute("href") for link in page.locator(".df-rows a.ttl").all()]
    assert len(paths) == 3
    page.goto(f"{live_server.url}{paths[0]}")
    page.keyboard.press("Shift+J")
    page.wait_for_url(f"**{paths[1]}")
    page.keyboard.press("Shift+J")
    page.wait_for_url(f"**{paths[2]}")
    page.keyboard.press("Shift+K")
    page.wait_for_url(f"**{paths[1]}")


def test_proposals_of_a_draft_are_settled_by_key(live_server: Any, house: Cast, chromium: Browser) -> None:
    """J to the first that is open, A accepts and goes on, U takes back, E opens the value, Escape leaves it."""
    owner = house.actor("tang")
    text = "第一条 登记的有效期为15天。\n第二条 交车后五日内可以提出归属主张。\n第三条 每周至少跟进两次。\n"
    made = start_draft(actor=owner, at=timezone.now(), title="登记办法", text=text)
    chromium.base, chromium.session = live_server.url, session(house.tang, "en", "light")
    with chromium.looking(Look(language="en")) as page:
        page.goto(f"{chromium.base}/policies/drafts/{made.uid}/")
        page.wait_for_load_state()
        cards = page.locator(".df-found[data-proposal]")
        page.keyboard.press("j")
        expect(cards.nth(0)).to_be_focused()
        page.keyboard.press("a")
        expect(cards.nth(0)).to_have_attribute("data-proposal", "accepted")
        expect(cards.nth(1)).to_be_focused()
        page.keyboard.press("e")
        expect(cards.nth(1).locator("textarea")).to_be_focused()
        page.keyboard.press("Escape")
        expect(cards.nth(1)).to_be_focused()
        page.keyboard.press("k")
        expect(cards.nth(0)).to_be_focused()
        page.keyboard.press("u")
        expect(cards.nth(0)).to_have_attribute("data-proposal", "open")
        expect(cards.nth(0)).to_be_focused()
