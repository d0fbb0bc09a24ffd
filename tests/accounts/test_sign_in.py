"""Sign-in over HTTP: password, lock-out, codes, passkeys, duties before work."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.test import Client

from dingfen.accounts import actions
from dingfen.accounts.models import Staff
from dingfen.register.queries import entries_of
from tests import ready
from tests.accounts.conftest import PASSWORD, SignIn
from tests.cast import NOW, Cast
from tests.races.forked import parent

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


def attempt(browser: Client, login: str, password: str = "wrong") -> tuple[int, str]:
    answer = browser.post(LOGIN, {"login": login, "password": password}, HTTP_ACCEPT_LANGUAGE="en")
    return answer.status_code, answer.content.decode()


def is_in(browser: Client) -> bool:
    return browser.get("/profile/").status_code == 200


@pytest.mark.parametrize("login", ["lin", "LIN", "lin@yuanlan.example", "Lin@Yuanlan.example"])
def test_by_user_name_or_e_mail(sign_in: SignIn, login: str) -> None:
    assert is_in(sign_in(login))


def test_the_desk_starts_at_the_reception_everybody_else_with_their_work(passwords: Cast) -> None:
    assert Client().get("/")["Location"] == LOGIN  # no page asked for: no way back to keep
    for who, place in (("shen", "/reception/"), ("lin", "/")):
        assert Client().post(LOGIN, {"login": who, "password": PASSWORD})["Location"] == place


def test_without_signing_in_every_page_leads_to_the_sign_in(db: None) -> None:
    answer = Client().get("/settings/staff/?q=x")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/settings/staff/%3Fq%3Dx"


def test_a_prefix_from_a_header_moves_nothing(db: None) -> None:
    """Gunicorn takes SCRIPT_NAME from a proxy beside it; under /api nobody is asked to sign in by a page."""
    assert Client().get("/settings/staff/", SCRIPT_NAME="/api")["Location"].startswith(LOGIN)
    assert b"/elsewhere/" not in Client().get(LOGIN, SCRIPT_NAME="/elsewhere").content


def test_the_fifth_failure_locks_and_the_fourth_says_one_is_left(passwords: Cast) -> None:
    browser = Client()
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left"):
        status, page = attempt(browser, "lin")
        assert (status, left in page) == (200, True), left
    assert "Locked for 15 minutes." in attempt(browser, "lin")[1]
    assert "Locked for 15 minutes." in attempt(browser, "lin@yuanlan.example", PASSWORD)[1]
    assert attempt(browser, "xu", PASSWORD)[0] == 302, "others sign in from the same address"


def test_the_lock_ends_after_fifteen_minutes(passwords: Cast) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            attempt(Client(), "lin")
            clock.shift(dt.timedelta(minutes=2))
        clock.shift(dt.timedelta(minutes=12, seconds=59))
        assert "Locked" in attempt(Client(), "lin", PASSWORD)[1]
        clock.shift(dt.timedelta(seconds=1))
        assert attempt(Client(), "lin", PASSWORD)[0] == 302


def test_a_right_password_clears_the_count(passwords: Cast) -> None:
    for _ in range(2):
        for _ in range(4):
            attempt(Client(), "lin")
        assert attempt(Client(), "lin", PASSWORD)[0] == 302


def test_unknown_accounts_answer_like_known_ones(passwords: Cast) -> None:
    for _ in range(6):
        known, unknown = attempt(Client(), "lin"), attempt(Client(), "nobody")
        assert _errors(known[1]) == _errors(unknown[1]) != []


def _errors(page: str) -> list[str]:
    return re.findall(r">([^<]*(?:left|Locked)[^<]*)<", page)


def test_an_address_that_guesses_many_accounts_waits(passwords: Cast) -> None:
    for number in range(30):
        attempt(Client(), f"somebody{number}")
    assert "Locked" in attempt(Client(), "lin", PASSWORD)[1]
    other = Client(REMOTE_ADDR="203.0.113.9")
    assert attempt(other, "lin", PASSWORD)[0] == 302


def test_a_chinese_reader_is_told_in_chinese(passwords: Cast) -> None:
    answer = Client().post(LOGIN, {"login": "lin", "password": "x"}, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "账号或密码不对，还可试 4 次。" in answer.content.decode()


@pytest.mark.race
def test_failures_of_several_processes_count_together(tmp_path: Path) -> None:
    environment = os.environ | {
        "DINGFEN_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
        "DINGFEN_HOSTS": "testserver",
    }
    ready.copy(tmp_path / "race.sqlite3")
    with parent(environment, "dingfen.urls") as processes:
        processes.run("tests.races.guessing", "found")
        running = [processes.start("tests.races.guessing", "guess") for _ in range(6)]
        answers = sorted(process.rest().strip() for process in running)
    assert answers == ["Locked", "Locked", "counted", "counted", "counted", "counted"]


def test_a_one_time_code_is_asked_for_and_counted(sign_in: SignIn) -> None:
    browser = sign_in("lin")
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.get("/accounts/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer.status_code == 302
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored, "the secret is sealed in the database"

    fresh = Client()
    answer = fresh.post(LOGIN, {"login": "lin", "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(fresh)
    answer = fresh.post("/accounts/2fa/authenticate/", {"code": "000000"}, HTTP_ACCEPT_LANGUAGE="en")
    assert "Wrong code; 4 tries left." in answer.content.decode()
    with time_machine.travel(time.time() + 30):
        code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
        answer = fresh.post("/accounts/2fa/authenticate/", {"code": code})
        assert answer.status_code == 302
        assert is_in(fresh)


def test_five_wrong_codes_lock(sign_in: SignIn) -> None:
    browser = sign_in("lin")
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.get("/accounts/2fa/totp/activate/")
    secret = browser.session["mfa.totp.secret"]
    totp.TOTP.activate(Staff.objects.get(username="lin"), secret)
    fresh = Client()
    fresh.post(LOGIN, {"login": "lin", "password": PASSWORD})
    pages = [
        fresh.post("/accounts/2fa/authenticate/", {"code": "000000"}, HTTP_ACCEPT_LANGUAGE="en")
        for _ in range(5)
    ]
    assert "Locked for 15 minutes." in pages[-1].content.decode()
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    fresh.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_in(fresh)


def test_a_temporary_password_leads_to_a_new_one_before_anything_else(sign_in: SignIn, cast: Cast) -> None:
    password = actions.set_temporary_password(actor=cast.actor("admin"), at=NOW, staff=cast.lin)
    browser = sign_in("lin", password)
    assert browser.get("/profile/")["Location"] == "/accounts/password/change/"
    new = {"oldpassword": password, "password1": "blau-Himmel-22", "password2": "blau-Himmel-22"}
    assert browser.post("/accounts/password/change/", new).status_code == 302
    assert is_in(browser)
    assert [entry.kind for entry in entries_of(cast.lin.uid)][-1] == "staff.password_changed"


@pytest.mark.parametrize("weak", ["kurz-1", "password123", "linkexin2026", "1234567890"])
def test_weak_passwords_are_refused(sign_in: SignIn, cast: Cast, weak: str) -> None:
    Staff.objects.filter(pk=cast.lin.pk).update(latin_name="Lin Kexin", employee_number="linkexin")
    browser = sign_in("lin")
    answer = browser.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert answer.status_code == 200
    assert Staff.objects.get(pk=cast.lin.pk).check_password(PASSWORD)


def test_heads_need_a_second_factor_where_the_house_says_so(sign_in: SignIn, settings: object) -> None:
    settings.REQUIRE_MFA = True  # type: ignore[attr-defined]
    assert is_in(sign_in("lin"))
    assert sign_in("jiang").get("/profile/")["Location"] == "/accounts/2fa/totp/activate/"


def test_other_sessions_can_be_ended(sign_in: SignIn) -> None:
    first, second = sign_in("lin"), sign_in("lin")
    assert UserSession.objects.count() == 2
    assert first.post("/accounts/sessions/").status_code == 302
    assert is_in(first)
    assert not is_in(second)


@pytest.mark.parametrize("how", ["deactivate", "leave", "password"])
def test_sessions_end_with_the_account(sign_in: SignIn, cast: Cast, how: str) -> None:
    browser = sign_in("lin")
    admin = cast.actor("admin")
    if how == "deactivate":
        actions.deactivate_staff(actor=admin, at=NOW, staff=cast.lin)
    elif how == "leave":
        actions.record_leaver(actor=admin, at=NOW, staff=cast.lin, left_on=NOW.date() - dt.timedelta(days=1))
    else:
        actions.set_temporary_password(actor=admin, at=NOW, staff=cast.lin)
    assert not is_in(browser)


def test_a_leaver_is_out_the_day_after(sign_in: SignIn, cast: Cast) -> None:
    last = dt.date(2026, 11, 20)
    actions.record_leaver(actor=cast.actor("admin"), at=NOW, staff=cast.lin, left_on=last)
    with time_machine.travel(dt.datetime(2026, 11, 20, 15, 58, tzinfo=dt.UTC), tick=False) as clock:
        browser = sign_in("lin")
        assert is_in(browser)
        clock.shift(dt.timedelta(minutes=2))
        assert not is_in(browser)
        assert not is_in_after(Client(), "lin")


def is_in_after(browser: Client, name: str) -> bool:
    browser.post(LOGIN, {"login": name, "password": PASSWORD})
    return is_in(browser)


def test_nobody_registers(db: None) -> None:
    for address in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"):
        assert Client().get(address).status_code == 404


def test_language_and_theme_are_chosen_by_the_reader(sign_in: SignIn, cast: Cast) -> None:
    anonymous = Client()
    anonymous.post("/language/", {"language": "en"})
    assert 'lang="en"' in anonymous.get(LOGIN).content.decode()
    anonymous.post("/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in anonymous.get(LOGIN).content.decode()
    browser = sign_in("lin")
    answer = browser.post("/language/", {"language": "en", "next": "/profile/"})
    assert answer["Location"] == "/profile/"
    assert browser.post("/language/", {"language": "xx"}).status_code == 422
    assert browser.post("/theme/", {"theme": "dark", "next": "//evil.example/"})["Location"] == "/"
    cast.lin.refresh_from_db()
    assert (cast.lin.language, cast.lin.theme) == ("en", "dark")
