"""Problems as pages and as parts, in both languages, never with anything of the inside."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext

from dingfen import urls as real
from dingfen.problems import Problem, conflict, invalid, refused
from dingfen.web import errors
from dingfen.web.toasts import toast
from tests.web.conftest import SignedIn

HTMX = {"HX-Request": "true", "HX-Target": "list"}


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail: password=42")


def raises(request: HttpRequest, code: str) -> HttpResponse:
    problems = {
        "refused": refused("role.needed", permission="staff.manage", roles=["administrator"]),
        "stale": conflict("version.stale"),
        "field": invalid({"phone": [("required", {})]}),
        "unheard": Problem("inside.table_lock", 409, {"table": "register_entry"}),
    }
    raise problems[code]


def does(request: HttpRequest) -> HttpResponse:
    toast(request, "已转交 郑钧", undo="/undo/")
    return HttpResponse("<p>ok</p>")


urlpatterns = [
    *real.urlpatterns,
    path("t/breaks/", breaks),
    path("t/raises/<code>/", raises),
    path("t/does/", does),
]
handler400, handler403, handler404 = real.handler400, real.handler403, real.handler404
handler500 = real.handler500

pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(
    ("code", "status", "text"),
    [
        ("refused", 403, "Your role doesn't allow this."),
        ("stale", 409, "Someone changed this meanwhile."),
        ("field", 422, "This is missing."),
        ("unheard", 409, "This can't be done."),
    ],
)
def test_a_problem_has_its_page_and_its_part(signed_in: SignedIn, code: str, status: int, text: str) -> None:
    for language in ("zh-hans", "en"):
        client = signed_in("jiang", language)
        with translation.override(language):
            words = escape(gettext(text))
        assert (words == escape(text)) == (language == "en")
        page = client.get(f"/t/raises/{code}/")
        part = client.get(f"/t/raises/{code}/", headers=HTMX)
        assert page.status_code == part.status_code == status
        assert words in page.content.decode()
        assert words in part.content.decode()
        assert "df-nav" in page.content.decode()
        assert "<html" not in part.content.decode()
        assert "register_entry" not in page.content.decode()


def test_not_there_and_not_theirs_look_the_same(signed_in: SignedIn) -> None:
    page = signed_in("jiang").get("/no-such-page/")
    assert page.status_code == 404
    assert "df-nav" in page.content.decode()


def test_a_fault_shows_a_number_that_the_log_has_too(
    signed_in: SignedIn, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in("jiang")
    with caplog.at_level(logging.ERROR, "dingfen.web"):
        page = client.get("/t/breaks/")
    html = page.content.decode()
    assert page.status_code == 500
    assert "页面没有打开。" in html
    assert "没有保存成功，内容仍在此页。" in client.post("/t/breaks/").content.decode()
    assert "secret" not in html
    assert "RuntimeError" not in html
    record = next(record for record in caplog.records if record.name == "dingfen.web")
    assert record.getMessage().split()[1] in html
    assert record.exc_info


def test_a_form_without_its_secret_is_refused_in_words(cast: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.jiang)
    page = client.post("/", {"list": "default"})
    assert page.status_code == 403
    assert "此页打开太久。" in page.content.decode()


def test_a_signed_out_reader_is_sent_to_sign_in_from_a_part_too() -> None:
    answer = Client().get("/", headers=HTMX)
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_a_toast_stands_on_the_next_page_or_comes_with_the_part(signed_in: SignedIn) -> None:
    client = signed_in("jiang")
    part = client.get("/t/does/", headers=HTMX)
    assert '"undo": "/undo/"' in part["HX-Trigger-After-Settle"]
    client.get("/t/does/")
    html = client.get("/").content.decode()
    assert "已转交 郑钧" in html
    assert 'action="/undo/"' in html
    assert "已转交 郑钧" not in client.get("/").content.decode(), "once"


def test_the_faults_of_a_problem_go_beneath_the_fields_of_a_form() -> None:
    class Phone(forms.Form):
        phone = forms.CharField(required=False)

    form = Phone({"phone": "1"})
    errors.into_form(invalid({"phone": [("too_long", {"limit": 3})], "other": [("required", {})]}), form)
    assert [str(text) for text in form.errors["phone"]]
    assert form.non_field_errors()
