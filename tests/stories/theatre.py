"""Stories in the browser: each by the person whose job it is, on one clock that the story moves.

A `Theatre` has a running server (in this process, so that its clock can be moved), a Chromium, and a
signed-in page for each member of the cast. What a page complains about on the console fails the story.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import time_machine
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page
from scripts.screenshots import Browser, Look

from dingfen.accounts.actor import system_actor
from dingfen.clocks.sweep import sweep
from dingfen.policies.actions import publish_shipped
from dingfen.wiring import CLOCK_HANDLERS, PERIODIC
from tests.cast import NOW, Cast

# a 4xx answer that the story wants to see, and a check given up for a later one, are no faults of the page
COMMENTS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


class Theatre:
    """`page("lin")` is Lin's page; `later(hours=2)` moves the clock and lets the worker do what fell due."""

    def __init__(
        self, cast: Cast, browser: Browser, traveller: time_machine.Traveller, stack: ExitStack
    ) -> None:
        self.cast, self.browser, self.traveller, self.now = cast, browser, traveller, NOW
        self._stack, self._pages, self._looks = stack, {}, {}  # type: ignore[var-annotated]

    def page(self, who: str, path: str = "", width: int = 1280) -> Page:
        """The page of a person, opened at `path` where one is given."""
        if who not in self._pages:
            look = Look(width)
            self.browser.session = self._session(getattr(self.cast, who))
            self._pages[who] = self._stack.enter_context(self.browser.looking(look))
            self._looks[who] = look
        page: Page = self._pages[who]
        if path:
            page.goto(f"{self.browser.base}{path}")
        return page

    def _session(self, staff: Any) -> str:
        staff.language = "zh-hans"
        staff.save(update_fields=["language"])
        store = SessionStore()
        store[SESSION_KEY] = str(staff.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = staff.get_session_auth_hash()
        store.set_expiry(400 * 24 * 3600)
        store.save()
        return str(store.session_key)

    def later(self, **length: float) -> None:
        self.move_to(self.now + dt.timedelta(**length))

    def move_to(self, at: dt.datetime) -> None:
        """Go to a moment; clocks fire on the way, as the worker would let them."""
        self.now = at
        self.traveller.move_to(at)
        while sweep(at=at, handlers=CLOCK_HANDLERS, jitter=lambda: 0.0).fired:
            pass

    def worker_round(self) -> None:
        """What the worker does besides clocks: seal pages that are due, end borrowings, …"""
        for _, task in PERIODIC.values():
            task(self.now)

    def quiet(self) -> None:
        """No page complained on its console."""
        for who, look in self._looks.items():
            heard = [text for text in look.complaints if not text.startswith(COMMENTS)]
            assert not heard, (who, heard)


@contextmanager
def theatre(cast: Cast, browser: Browser, address: str, pack: str) -> Iterator[Theatre]:
    """A story under a shipped pack that has been in force for a quarter."""
    browser.base = address
    publish_shipped(
        actor=system_actor(cast.company), at=NOW - dt.timedelta(days=90), unit=cast.company, pack=pack
    )
    with time_machine.travel(NOW, tick=False) as traveller, ExitStack() as stack:
        stage = Theatre(cast, browser, traveller, stack)
        yield stage
        stage.quiet()


def clock(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment in Shanghai: `day` 0 is the day of the story (Wednesday, 18 November 2026)."""
    midnight = dt.datetime(2026, 11, 18, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    return midnight + dt.timedelta(days=day, hours=hour, minutes=minute)
