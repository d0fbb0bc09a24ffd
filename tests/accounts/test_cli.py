"""`dingfen staff`: from nothing to a person who signs in."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from dingfen.accounts.models import Staff
from dingfen.cli.main import main
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    return main(["staff", *words])


def test_from_nothing_to_a_person_who_signs_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add-company", "yl", "远澜汽车") == 0
    assert run("add-unit", "CDE", "城东展厅", "--below", "YL", "--kind", "site") == 0
    assert run("add-unit", "DK1", "大客户一组", "--below", "yl/cde", "--kind", "team") == 0
    capsys.readouterr()
    assert run("add", "lin", "林可欣", "--unit", "YL/DK1", "--role", "salesperson") == 0
    password = capsys.readouterr().out.strip()
    answer = Client().post("/accounts/login/", {"login": "lin", "password": password})
    assert answer.status_code == 302
    assert run("list", "--company", "YL", "--json") == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["username"], row["unit"], row["roles"]) == ("lin", "DK1", ["salesperson@DK1"])


def test_what_cannot_be_done_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    run("add-company", "YL", "远澜汽车")
    assert run("add-company", "YL", "远澜汽车") == 1
    assert "code" in capsys.readouterr().err
    assert run("add", "lin", "林可欣", "--unit", "XX") == 1
    assert "XX" in capsys.readouterr().err
    assert run("add", "林", "林可欣", "--unit", "YL", "--role", "head") == 1
    assert not Staff.objects.filter(name="林可欣").exists()
    assert run("add", "lin", "林可欣", "--unit", "YL", "--role", "king") == 1
    assert not Staff.objects.filter(name="林可欣").exists(), "all or nothing"


def test_a_locked_account_is_opened_again() -> None:
    run("add-company", "YL", "远澜汽车")
    run("add", "lin", "林可欣", "--unit", "YL")
    staff = Staff.objects.get(username="lin")
    staff.set_password(PASSWORD)
    staff.save()
    for _ in range(6):
        Client().post("/accounts/login/", {"login": "lin", "password": "wrong"})
    right = {"login": "lin", "password": PASSWORD}
    assert Client().post("/accounts/login/", right).status_code == 200
    assert run("unlock", "lin") == 0
    assert Client().post("/accounts/login/", right).status_code == 302
