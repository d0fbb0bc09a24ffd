"""What the browser tests share."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def send(page: Page, button: Locator | str) -> None:
    """Press what sends a form, and wait until the page that answers is there."""
    with page.expect_navigation():
        (page.locator(button) if isinstance(button, str) else button).click()
