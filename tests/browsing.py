"""What the browser tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from scripts.screenshots import Browser

expect.set_options(timeout=20_000)  # a busy machine is no fault of the page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a file: starting it costs more than most of them. Set its `base`, and `session`."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in this thread
    with Browser("http://unset") as browser:
        yield browser
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def send(page: Page, button: Locator | str) -> None:
    """Press what sends a form, and wait until the page that answers is there."""
    with page.expect_navigation():
        (page.locator(button) if isinstance(button, str) else button).click()
