"""Every page in Chromium: no complaint in the console, axe finds nothing, no sideways scrolling on a phone.

Pages are found by walking all addresses. One that needs an object wants a sample in tests/web/samples.py;
one that is no page of its own is named in LEFT_OUT there.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from playwright.sync_api import expect
from scripts.screenshots import Browser, Look

from dingfen.accounts.models import Staff
from tests.browsing import chromium
from tests.cast import Cast, make_cast
from tests.web.samples import LEFT_OUT, make_samples

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = Axe()
LESS = {"resultTypes": ["violations"], "preload": False}
LOOKS_ONLY = LESS | {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "meta-viewport"]
}
"""What width and theme change; the rest was seen on the wide page already."""
MADE_UP: dict[str, Any] = {
    "UUIDConverter": uuid.uuid4(),
    "DayConverter": dt.date(2026, 3, 2),
    "IntConverter": 1,
    "StringConverter": "CDE",
    "SlugConverter": "open",
    "FormConverter": "pdf",
}
OUTSIDE = ("api/", "^api/", "healthz", "metrics")
WIDE_ZH = Look(1440, "light", "zh-hans")
PHONE_EN = Look(390, "dark", "en")


def addresses(found: list[Any], prefix: str = "") -> Iterator[tuple[str, str, list[Any]]]:
    """(name, route, made-up arguments) of every named address outside the API."""
    for one in found:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            if one.name and not route.startswith(OUTSIDE):
                yield (
                    one.name,
                    route,
                    [MADE_UP[type(kind).__name__] for kind in one.pattern.converters.values()],
                )
        elif not one.namespace:
            yield from addresses(one.url_patterns, route)


def fitting(table: dict[str, Any], route: str, otherwise: Any) -> Any:
    """What the table has for the longest beginning of the route."""
    return (
        table[max(fits, key=len)] if (fits := [key for key in table if route.startswith(key)]) else otherwise
    )


_is_page: dict[str, bool] = {}
"""By name of the address: asked once in a process, then Chromium need not wait for it again."""


def pages(cast: Cast, samples: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, reader) of every page: what answers GET with HTML. Posts, files and redirects are none."""
    clients = {reader: Client() for reader in {"jiang", *samples["readers"].values()}}
    for reader, client in clients.items():
        client.force_login(Staff.objects.get(pk=getattr(cast, reader).pk))
    unknown: list[str] = []
    for name, route, made_up in sorted(addresses(get_resolver().url_patterns)):
        if name in LEFT_OUT:
            continue
        known = fitting(samples, route, []) if made_up else []
        given = [*known, *made_up[len(known) :]][: len(made_up)]
        path, reader = reverse(name, args=given), fitting(samples["readers"], route, "jiang")
        if name not in _is_page:
            answer = clients[reader].get(path)
            if answer.status_code not in {200, 302, 405}:
                unknown.append(f"{name} for {reader}: {answer.status_code}; give it a sample")
                continue
            html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
            _is_page[name] = html
        if _is_page[name]:
            yield path, reader
    assert not unknown, "\n".join(unknown)


def session(staff: Staff, language: str, theme: str) -> str:
    """A session for a reader with a language and a theme."""
    Staff.objects.filter(pk=staff.pk).update(language=language, theme=theme)
    staff.refresh_from_db()
    store = SessionStore()
    store[SESSION_KEY] = str(staff.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    store.save()
    assert store.session_key
    return store.session_key


@pytest.fixture
def world(live_server: Any) -> tuple[str, Cast, dict[str, Any]]:
    cast = make_cast()
    return live_server.url, cast, make_samples(cast)


def faults_of(browser: Browser, look: Look, paths: Iterable[str]) -> Iterator[str]:
    """What is wrong with pages: status, console, axe, sideways scrolling."""
    here = Look(look.width, look.theme, look.language, scale=1)
    with browser.looking(here) as page:
        for path in paths:
            here.complaints.clear()
            answer = page.goto(f"{browser.base}{path}", wait_until="load")
            faults = [] if answer and answer.status == 200 else [f"status {answer and answer.status}"]
            faults += [
                f"axe {one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:3]}"
                for one in AXE.run(page, options=LOOKS_ONLY if look.width < 720 else LESS).response[
                    "violations"
                ]
            ]
            wide, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            if wide > room:
                faults.append(f"{wide} px wide in a window of {room}")
            yield from (f"{path} {look.width} {look.language}: {one}" for one in faults + here.complaints)


def test_every_page_has_a_sample(db: None) -> None:
    cast = make_cast()
    assert len(list(pages(cast, make_samples(cast)))) > 30


def test_every_page(world: tuple[str, Cast, dict[str, Any]], chromium: Browser) -> None:
    url, cast, samples = world
    chromium.base = url
    found = list(pages(cast, samples))
    faults: list[str] = []
    for look in (WIDE_ZH, PHONE_EN):
        for reader in sorted({reader for _, reader in found}):
            chromium.session = session(getattr(cast, reader), look.language, look.theme)
            faults += faults_of(chromium, look, [path for path, whose in found if whose == reader])
    assert not faults, "\n".join(faults)


def test_pages_for_nobody(world: tuple[str, Cast, dict[str, Any]], chromium: Browser) -> None:
    chromium.base, chromium.session = world[0], ""
    faults = [
        fault
        for look in (WIDE_ZH, PHONE_EN)
        for fault in faults_of(chromium, look, [reverse("account_login")])
    ]
    assert not faults, "\n".join(faults)


def test_keys_and_dialogues(world: tuple[str, Cast, dict[str, Any]], chromium: Browser) -> None:
    url, cast, _samples = world
    chromium.base, chromium.session = url, session(cast.jiang, "zh-hans", "light")
    look = Look()
    with chromium.looking(look) as page:
        page.goto(url, wait_until="load")
        page.keyboard.press("j")
        page.keyboard.press("j")
        first, second = page.locator("tr[data-uid]").nth(0), page.locator("tr[data-uid]").nth(1)
        assert "cur" in (second.get_attribute("class") or "")
        page.keyboard.press("k")
        assert "cur" in (first.get_attribute("class") or "")
        page.keyboard.press("?")
        assert page.locator("#keys").evaluate("dialog => dialog.open")
        assert page.evaluate("document.activeElement.textContent.trim()") == "返回"
        page.keyboard.press("Escape")
        page.keyboard.press("Control+k")
        page.wait_for_selector("#hits a")
        page.keyboard.type("制度")
        expect(page.locator("#hits a")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/policies/")
    assert look.complaints == []


def test_filters_swap_the_list_and_the_way_back_works(
    world: tuple[str, Cast, dict[str, Any]], chromium: Browser
) -> None:
    url, cast, _samples = world
    chromium.base, chromium.session = url, session(cast.jiang, "zh-hans", "light")
    look = Look()
    with chromium.looking(look) as page:
        page.goto(f"{url}/?whose=mine", wait_until="load")
        page.evaluate("window.sameDocument = true")
        rows = page.locator("tr[data-uid]").count()
        page.get_by_text("状态").first.click()
        page.get_by_role("link", name="已暂停").click()
        page.wait_for_url("**state=paused**")
        expect(page.locator("tr[data-uid]")).to_have_count(1)
        assert page.evaluate("window.sameDocument"), "the page was not loaded anew"
        page.go_back()
        expect(page.locator("tr[data-uid]")).to_have_count(rows)
    assert look.complaints == []


def test_reading_and_forms_work_without_scripts(
    world: tuple[str, Cast, dict[str, Any]], chromium: Browser
) -> None:
    url, cast, _samples = world
    key = session(cast.jiang, "zh-hans", "light")
    context = chromium._chromium.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "sessionid", "value": key, "url": url}])
    page = context.new_page()
    page.goto(f"{url}/?whose=mine")
    assert page.locator("tr[data-uid]").count()
    page.locator("details.df-menu summary", has_text="存为视图").click()
    page.fill("form input[name=name] >> nth=0", "常用")
    page.click("button[name=list][value=save]")
    expect(page.locator(".df-views")).to_contain_text("常用")
    context.close()


def test_the_conflict_check_answers_to_a_name_alone(
    world: tuple[str, Cast, dict[str, Any]], chromium: Browser
) -> None:
    url, cast, _samples = world
    chromium.base, chromium.session = url, session(cast.lin, "zh-hans", "light")
    look = Look()
    with chromium.looking(look) as page:
        page.goto(f"{url}/reception/", wait_until="load")
        page.fill("#name", "欧阳测验")
        expect(page.locator("#answer .df-ans")).to_be_visible()
    assert look.complaints == []
