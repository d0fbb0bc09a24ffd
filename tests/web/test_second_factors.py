"""Passkeys and one-time codes for real: Chromium with a virtual authenticator, an authenticator app by RFC 6238."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect
from scripts.screenshots import Browser, Look

from dingfen.accounts.models import Staff
from tests.browsing import chromium, send
from tests.cast import make_cast

__all__ = ["chromium"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "sieben-Wagen-9"


@pytest.fixture
def browser(live_server: Any, chromium: Browser) -> Browser:
    """Nobody has signed in yet; passkeys want a name for an address."""
    lin = make_cast().lin
    lin.set_password(PASSWORD)
    lin.language = "en"
    lin.save()
    chromium.base, chromium.session = live_server.url.replace("127.0.0.1", "localhost"), ""
    return chromium


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", "lin")
    page.fill("input[name=password]", PASSWORD)
    send(page, "form button.btn-primary")


@contextmanager
def no_complaints(look: Look) -> Iterator[None]:
    yield
    assert not look.complaints, look.complaints


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a fingerprint reader that always says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


def code(secret: str, at: float) -> str:
    """The six digits of RFC 6238 for a base-32 key."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def add_passkey(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/accounts/2fa/webauthn/add/")
    if page.locator("input[name=password]").count():  # a fresh proof of who it is
        page.fill("input[name=password]", PASSWORD)
        send(page, "form button.btn-primary")
    page.fill("input[name=name]", name)
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")


def test_a_passkey_is_added_and_signs_in_alone(browser: Browser) -> None:
    base, look = browser.base, Look(language="en")
    with no_complaints(look), browser.looking(look) as page:
        sign_in(page, base)
        devtools, device = authenticator(page)
        add_passkey(page, base, "Front desk")
        expect(page.get_by_text("Recovery codes").first).to_be_visible()
        page.goto(f"{base}/profile/security/")
        expect(page.get_by_text("Front desk")).to_be_visible()
        assert Authenticator.objects.filter(type="webauthn", user__username="lin").count() == 1
        kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        assert [one["rpId"] for one in kept] == ["localhost"]

        page.context.clear_cookies()
        page.goto(f"{base}/accounts/login/")
        page.click("#passkey_login")
        page.wait_for_url(f"{base}/")
        expect(page.locator("h1")).to_have_text("My work")
        used = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        assert used[0]["signCount"] > kept[0]["signCount"]


def test_a_passkey_answers_after_the_password(browser: Browser) -> None:
    base, look = browser.base, Look(language="en")
    with no_complaints(look), browser.looking(look) as page:
        sign_in(page, base)
        authenticator(page)
        add_passkey(page, base, "Front desk")
        expect(page.get_by_text("Recovery codes").first).to_be_visible()
        page.context.clear_cookies()
        sign_in(page, base)
        assert "/accounts/2fa/authenticate/" in page.url
        page.click("#mfa_webauthn_authenticate")
        page.wait_for_url(f"{base}/")


def test_a_device_that_refuses_is_said_on_the_page(browser: Browser) -> None:
    base, look = browser.base, Look(language="en")
    with no_complaints(look), browser.looking(look) as page:
        page.goto(f"{base}/accounts/login/")
        authenticator(page)  # it knows no passkey of this house
        page.click("#passkey_login")
        expect(page.get_by_role("alert")).to_contain_text("passkey")
        assert "/accounts/login/" in page.url


def test_one_time_codes_are_set_up_and_asked_for(browser: Browser) -> None:
    base, look = browser.base, Look(language="en")
    with no_complaints(look), browser.looking(look) as page:
        sign_in(page, base)
        page.goto(f"{base}/accounts/2fa/totp/activate/")
        if page.locator("input[name=password]").count():
            page.fill("input[name=password]", PASSWORD)
            send(page, "form button.btn-primary")
        secret = page.locator("code").inner_text()
        page.fill("input[name=code]", code(secret, time.time()))
        page.click("main form button.btn-primary")
        expect(page.get_by_text("Recovery codes").first).to_be_visible()
        recovery = re.findall(r"\b[0-9a-f]{8}\b", page.content()) or _recovery(page, base)
        assert Authenticator.objects.filter(type="totp", user__username="lin").exists()
        sealed = Authenticator.objects.get(type="totp").data["secret"]
        assert secret not in sealed

        page.context.clear_cookies()
        sign_in(page, base)
        assert "/accounts/2fa/authenticate/" in page.url
        page.goto(f"{base}/customers/")
        assert "/accounts/" in page.url  # half signed in is not signed in
        page.goto(f"{base}/accounts/2fa/authenticate/")
        page.fill("input[name=code]", "000000")
        send(page, "form button.btn-primary")
        assert "/accounts/2fa/authenticate/" in page.url
        page.fill("input[name=code]", code(secret, time.time() + 30))  # the first has been used
        page.click("form button.btn-primary")
        page.wait_for_url(f"{base}/")

        page.context.clear_cookies()
        for outcome in ("/", "/accounts/2fa/authenticate/"):  # a recovery code counts once
            sign_in(page, base)
            page.fill("input[name=code]", recovery[0])
            send(page, "form button.btn-primary")
            assert page.url == f"{base}{outcome}"
            page.context.clear_cookies()


def _recovery(page: Page, base: str) -> list[str]:
    page.goto(f"{base}/accounts/2fa/recovery-codes/")
    return re.findall(r"\b[0-9a-f]{8}\b", page.locator("main").inner_text())


def test_the_codes_are_those_of_the_standard() -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [code(secret, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_removing_the_factor_needs_a_fresh_proof(browser: Browser) -> None:
    base, look = browser.base, Look(language="en")
    with no_complaints(look), browser.looking(look) as page:
        sign_in(page, base)
        authenticator(page)
        add_passkey(page, base, "Front desk")
        expect(page.get_by_text("Recovery codes").first).to_be_visible()
        page.goto(f"{base}/profile/security/")
        page.get_by_role("link", name="Remove").first.click()
        send(page, "main form button[type=submit]")
        assert not Authenticator.objects.filter(type="webauthn").exists()
        assert Staff.objects.get(username="lin").is_active
