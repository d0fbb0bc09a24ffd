"""Sign-in through the company's own directory: a small OpenID provider answers over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from dingfen.accounts import actions
from dingfen.accounts.models import Staff
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
START = "/accounts/oidc/company/login/"


class Directory(ThreadingHTTPServer):
    """Says of whoever comes what `claims` holds; remembers the token requests."""

    claims: dict[str, Any]
    asked: list[dict[str, list[str]]]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Directory

    def do_GET(self) -> None:
        base = self.server.address
        if self.path == "/.well-known/openid-configuration":
            self.say(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo",
                    "jwks_uri": f"{base}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        else:
            assert self.headers["Authorization"] == "Bearer access"
            self.say(self.server.claims)

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(parse_qs(form))
        self.say({"access_token": "access", "token_type": "Bearer", "expires_in": 60})

    def say(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def directory(cast: Cast, settings: Any) -> Iterator[Directory]:
    """A directory that knows lin, and is configured here."""
    server = Directory(("127.0.0.1", 0), Answers)
    server.asked = []
    server.claims = {"sub": "u-17", "email": "Lin@yuanlan.example", "email_verified": True}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "company",
                    "name": "远澜",
                    "client_id": "dingfen",
                    "secret": "s",
                    "settings": {"server_url": server.address},
                }
            ],
        }
    }
    yield server
    server.shutdown()
    server.server_close()


def come(browser: Client) -> Any:
    """Press the button, be sent to the directory, come back with its code."""
    sent = browser.post(START)
    assert sent.status_code == 302, sent.content.decode()[:500]
    asked = parse_qs(urlsplit(sent["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"][0].endswith("/accounts/oidc/company/login/callback/")
    return browser.get(f"{START}callback/", {"code": "c", "state": asked["state"][0]})


def signed_in(browser: Client) -> str:
    return str(browser.session.get("_auth_user_id", ""))


def test_the_button_carries_its_name(directory: Directory) -> None:
    assert "远澜" in Client().get("/accounts/login/").content.decode()


def test_a_verified_e_mail_joins_the_account(directory: Directory, cast: Cast) -> None:
    browser = Client()
    assert come(browser)["Location"] == "/"
    assert signed_in(browser) == str(cast.lin.pk)
    assert directory.asked[0]["code_verifier"], "proof of the one who began (PKCE)"
    directory.claims |= {"email": "changed@yuanlan.example"}
    again = Client()
    come(again)
    assert signed_in(again) == str(cast.lin.pk), "known by its subject from then on"
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email": "nobody@yuanlan.example"},
        {"email": ""},
    ],
)
def test_nobody_else_comes_in_and_nobody_is_added(directory: Directory, claims: dict[str, Any]) -> None:
    before = Staff.objects.count()
    directory.claims |= claims
    browser = Client()
    answer = come(browser)
    assert answer.status_code == 403
    assert not signed_in(browser)
    assert (Staff.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_an_employee_number_joins_where_the_house_says_so(
    directory: Directory, cast: Cast, settings: Any
) -> None:
    settings.OIDC_NUMBER_CLAIM = "employee_number"
    Staff.objects.filter(pk=cast.xu.pk).update(employee_number="0042")
    directory.claims |= {"employee_number": "0042"}
    browser = Client()
    come(browser)
    assert signed_in(browser) == str(cast.xu.pk)


def test_a_number_in_two_companies_joins_nobody(directory: Directory, cast: Cast, settings: Any) -> None:
    settings.OIDC_NUMBER_CLAIM = "employee_number"
    Staff.objects.filter(pk__in=[cast.xu.pk, cast.stranger.pk]).update(employee_number="0042")
    directory.claims |= {"employee_number": "0042"}
    assert come(Client()).status_code == 403


def test_a_closed_account_stays_closed(directory: Directory, cast: Cast) -> None:
    come(Client())
    actions.deactivate_staff(actor=cast.actor("admin"), at=NOW, staff=cast.lin)
    browser = Client()
    assert come(browser)["Location"] == "/accounts/inactive/"
    assert not signed_in(browser)


def test_a_code_without_its_beginning_is_refused(directory: Directory) -> None:
    browser = Client()
    browser.get(f"{START}callback/", {"code": "c", "state": "made-up"})
    assert not signed_in(browser)
