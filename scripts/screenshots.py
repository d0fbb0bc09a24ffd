"""Pictures of pages: sizes, themes and languages, with what the browser complained about.

    python scripts/screenshots.py / /customers/ --base http://127.0.0.1:8000 --out build/pictures \\
        --user jiang --password … --sizes 1440 390 --themes light dark --languages zh-hans en

`--session` takes a session key instead of signing in. Exits 1 when a page logged an error. Also used by
tests/web, through `Browser`.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, sync_playwright

HEIGHTS = {1440: 900, 1280: 800, 390: 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Look:
    """How a page is looked at. `language` and `theme` are set on the signed-in person by the pages' own forms."""

    width: int = 1440
    theme: str = "light"
    language: str = "zh-hans"
    scale: int = 0  # pixels for each of a page's own; 0: two on a phone, one elsewhere
    complaints: list[str] = field(default_factory=list)


class Browser:
    """One Chromium for many looks; use it in a `with`."""

    def __init__(self, base: str, session: str = "") -> None:
        self.base, self.session = base.rstrip("/"), session

    def __enter__(self) -> Browser:
        self._play = sync_playwright().start()
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        self._chromium: Chromium = self._play.chromium.launch(executable_path=path, args=ARGUMENTS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._chromium.close()
        self._play.stop()

    @contextmanager
    def looking(self, look: Look) -> Iterator[Page]:
        """A page of its own, signed in where there is a session; complaints are collected in the look."""
        context = self._chromium.new_context(
            viewport={"width": look.width, "height": HEIGHTS.get(look.width, 900)},
            device_scale_factor=look.scale or (2 if look.width < 720 else 1),
            has_touch=look.width < 720,
            color_scheme="dark" if look.theme == "dark" else "light",
            locale="zh-CN" if look.language.startswith("zh") else "en-GB",
        )
        if self.session:
            context.add_cookies([{"name": "sessionid", "value": self.session, "url": self.base}])
        page = context.new_page()
        page.on(
            "console",
            lambda one: look.complaints.append(one.text) if one.type in {"error", "warning"} else None,
        )
        page.on("pageerror", lambda error: look.complaints.append(str(error)))
        yield page
        context.close()

    def sign_in(self, user: str, password: str) -> None:
        """Sign in by the page and keep the session."""
        with self.looking(Look()) as page:
            page.goto(f"{self.base}/accounts/login/")
            page.fill("input[name=login]", user)
            page.fill("input[name=password]", password)
            page.click("form button[type=submit]")
            page.wait_for_load_state("networkidle")
            cookies = {one["name"]: one["value"] for one in page.context.cookies()}
            if "sessionid" not in cookies:
                raise SystemExit(f"could not sign in as {user}")
            self.session = cookies["sessionid"]

    def prefer(self, look: Look) -> None:
        """Set language and theme by the forms of the user menu."""
        with self.looking(look) as page:
            page.goto(self.base)
            for name, value in (("language", look.language), ("theme", look.theme)):
                button = f'form button[name={name}][value="{value}"]'
                if page.locator(button).count():
                    page.locator(button).first.evaluate("button => button.form.requestSubmit(button)")
                    page.wait_for_load_state("networkidle")


def file_name(path: str, look: Look) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"
    return f"{words}-{look.width}-{look.theme}-{look.language}.png"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("build/pictures"))
    parser.add_argument("--session", default="")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1440, 1280, 390])
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--languages", nargs="+", default=["zh-hans", "en"])
    parser.add_argument("--full", action="store_true", help="the whole page, not only what the window shows")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    faults = 0
    with Browser(wanted.base, wanted.session) as browser:
        if wanted.user:
            browser.sign_in(wanted.user, wanted.password)
        for language in wanted.languages:
            for theme in wanted.themes:
                browser.prefer(Look(1440, theme, language))
                for width in wanted.sizes:
                    for path in wanted.paths:
                        look = Look(width, theme, language)
                        with browser.looking(look) as page:
                            page.goto(f"{browser.base}{path}", wait_until="networkidle")
                            target = wanted.out / file_name(path, look)
                            page.screenshot(path=target, full_page=wanted.full)
                        faults += len(look.complaints)
                        print(target, *look.complaints, sep="\n  ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
