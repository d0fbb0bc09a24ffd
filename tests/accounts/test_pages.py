"""The settings area over HTTP: what is shown to whom, and what a press of a button does."""

from __future__ import annotations

import datetime as dt

import pytest

from dingfen.accounts import actions
from dingfen.accounts.models import ApiToken, Delegation, RoleGrant, Staff, Unit
from dingfen.register.models import Look
from tests.accounts.conftest import SignIn
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def address(staff: Staff, what: str = "") -> str:
    return f"/settings/staff/{staff.uid}/{what}"


def test_the_list_shows_colleagues_and_no_stranger(sign_in: SignIn, cast: Cast) -> None:
    page = sign_in("lin").get("/settings/staff/").content.decode()
    assert "姜若琳" in page
    assert "苏曼" not in page
    assert "部门负责人" in page


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [("q=若琳", "姜若琳", "顾怀远"), ("unit=DK2", "顾怀远", "姜若琳"), ("role=head", "姜若琳", "徐嘉言")],
)
def test_the_list_is_narrowed(sign_in: SignIn, query: str, found: str, not_found: str) -> None:
    page = sign_in("admin").get(f"/settings/staff/?{query}").content.decode()
    assert found in page
    assert not_found not in page


def test_an_administrator_adds_a_person_gives_a_role_and_a_password(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("admin")
    form = {"name": "乔安", "username": "qiao", "email": "", "unit": cast.east.pk}
    assert browser.post("/settings/staff/new/", form | {"username": "lin"}).status_code == 422
    browser.post("/settings/staff/new/", form)
    qiao = Staff.objects.get(username="qiao")
    browser.post(address(qiao, "roles/"), {"role": "salesperson", "unit": cast.east.pk})
    assert RoleGrant.objects.filter(staff=qiao, role="salesperson", unit=cast.east).exists()
    page = browser.post(address(qiao, "password/")).content.decode()
    secret = page.split('<code class="df-code">')[1].split("<")[0]
    assert sign_in("qiao", secret).get("/profile/")["Location"] == "/accounts/password/change/"
    assert secret not in browser.get(address(qiao)).content.decode()


def test_private_matters_of_a_colleague_are_not_shown(sign_in: SignIn, cast: Cast) -> None:
    actions.make_token(
        actor=cast.actor("jiang"), at=NOW, name="门户", scopes=["*"], expires_at=NOW + dt.timedelta(days=9)
    )
    sign_in("jiang")
    seen = sign_in("lin").get(address(cast.jiang)).content.decode()
    assert "姜若琳" in seen
    for private in ("jiang@yuanlan.example", "门户", "127.0.0.1"):
        assert private not in seen
        assert private in sign_in("admin").get(address(cast.jiang)).content.decode()


def test_a_deputy_is_named_shown_and_laid_down(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("jiang")
    form = {
        "deputy": cast.lin.pk,
        "role": "",
        "starts_at": "2026-01-01T09:00",
        "ends_at": "2036-01-01T18:00",
        "reason": "年假",
    }
    answer = browser.post("/profile/deputies/", form)
    assert answer.status_code == 422, "at most a year"
    now = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    browser.post("/profile/deputies/", form | {"ends_at": f"{now:%Y-%m-%dT%H:%M}"})
    assert "代 姜若琳 任 部门负责人" in sign_in("lin").get("/profile/").content.decode()
    row = Delegation.objects.get()
    sign_in("lin").post(f"/profile/deputies/{row.uid}/revoke/")
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_token_is_shown_once(sign_in: SignIn) -> None:
    browser = sign_in("lin")
    form = {"name": "门户", "days": "30", "scopes": ["customer.view"]}
    page = browser.post("/profile/tokens/", form).content.decode()
    secret = page.split('<code class="df-code">')[1].split("<")[0]
    assert secret.startswith("df_")
    assert secret not in browser.get("/profile/tokens/").content.decode()
    assert browser.post("/profile/tokens/", form | {"scopes": ["staff.manage"]}).status_code == 422
    browser.post(f"/profile/tokens/{ApiToken.objects.get().uid}/retract/")
    assert ApiToken.objects.get().revoked_at is not None


def test_units_are_added_renamed_moved_and_closed(sign_in: SignIn, cast: Cast) -> None:
    browser = sign_in("admin")
    new = {"kind": "team", "name": "大客户三组", "code": "DK3"}
    assert browser.post(f"/settings/units/{cast.site.uid}/add/", new | {"code": "DK1"}).status_code == 422
    browser.post(f"/settings/units/{cast.site.uid}/add/", new)
    unit = Unit.objects.get(code="DK3")
    browser.post(f"/settings/units/{unit.uid}/", {"name": "集团客户组"})
    browser.post(f"/settings/units/{unit.uid}/move/", {"parent": cast.east.pk})
    browser.post(f"/settings/units/{unit.uid}/close/")
    unit.refresh_from_db()
    assert (unit.name, unit.parent, unit.active) == ("集团客户组", cast.east, False)
    assert "集团客户组" in browser.get("/settings/units/").content.decode()


def test_a_refusal_is_noted_in_the_access_log(sign_in: SignIn, cast: Cast) -> None:
    sign_in("lin").post(address(cast.xu, "close/"))
    sign_in("stranger").get(address(cast.xu))
    own, strange = Look.objects.filter(kind="refused").order_by("id")
    assert own.actor_uid == cast.lin.uid
    assert own.detail["permission"] == "staff.manage"
    assert (own.detail["status"], strange.detail["status"]) == (403, 404)
    assert strange.company_uid == cast.other_company.uid


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "page",
    [
        "/settings/",
        "/settings/staff/",
        "/settings/staff/new/",
        "/settings/units/",
        "/profile/",
        "/profile/security/",
        "/profile/deputies/",
        "/profile/tokens/",
        "/accounts/sessions/",
        "/accounts/password/change/",
    ],
)
def test_pages_speak_one_language(sign_in: SignIn, cast: Cast, page: str, language: str) -> None:
    Staff.objects.filter(pk=cast.admin.pk).update(language=language)
    text = sign_in("admin").get(page).content.decode()
    assert f'lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in text
    assert ("设置" in text) is (language == "zh-hans")
    assert (">Settings<" in text) is (language == "en")
