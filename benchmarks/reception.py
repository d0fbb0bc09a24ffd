"""The reception desk in Chromium at 100,000 customers: from the first key of a number to the answer on the screen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from playwright.sync_api import Page
from scripts.screenshots import Browser, Look

from benchmarks import machine
from benchmarks.load import Result
from benchmarks.report import report
from benchmarks.seed import house
from benchmarks.server import serving

PORT, P95_MS = 8396, 300
ROUNDS = 25  # half the conflict checks a person has in an hour, for each kind of number
# counts from the first key until the frame after the answer was put in
WATCH = """() => {
  let begun = 0
  document.getElementById("phone").addEventListener("keydown", () => { begun ||= performance.now() })
  document.body.addEventListener("htmx:afterSettle", () => requestAnimationFrame(() => setTimeout(() => {
    document.documentElement.dataset.answered = performance.now() - begun
  })))
}"""


def run(folder: Path) -> None:
    """Report p50 and p95 for numbers that are held and for new ones, typed at once as from a pasted number."""
    home, people = house(folder)
    with closing(sqlite3.connect(home / "dingfen.sqlite3")) as database:
        (customers,) = database.execute("SELECT count(*) FROM parties_customer").fetchone()
    random = Random(11)
    numbers = {
        "held": lambda: f"139{random.randrange(customers):08d}",
        "new": lambda: f"18{random.randrange(10**9):09d}",
    }
    with serving(home, PORT), Browser(f"http://127.0.0.1:{PORT}", people["sessions"]["seller"]) as browser:
        for name, number in numbers.items():
            with browser.looking(Look()) as page:
                _once(page, number())  # the browser's own first time
                result = Result(latencies=[_once(page, number()) for _ in range(ROUNDS)])
            report(
                f"reception.{name}", result.at(0.95), "ms p95", P95_MS, p50_ms=result.at(0.5), rounds=ROUNDS,
                load=machine.load_average(),
            )  # fmt: skip


def _once(page: Page, number: str) -> float:
    """Milliseconds until the answer to one number is shown, on a page opened anew."""
    page.goto(f"http://127.0.0.1:{PORT}/reception/")
    page.evaluate(WATCH)
    page.locator("#phone").press_sequentially(number)
    page.wait_for_selector("html[data-answered]", timeout=10_000)
    assert page.locator("#answer").inner_text().strip(), "an answer without words"
    return float(page.locator("html").get_attribute("data-answered") or 0)
