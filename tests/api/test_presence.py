"""Who has a record open, told and asked by programs: the same rules as on the pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from dingfen.cases.models import Presence
from dingfen.parties.actions.customers import add_customer
from dingfen.parties.details import Details
from tests.api.conftest import Caller
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def names(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = json.loads(answer.content)
    return [row["staff_name"] for row in rows]


def test_announced_and_asked_for(cast: Cast, call: Callable[..., Caller]) -> None:
    now = timezone.now()
    details = Details(name="陈立群", phones=("13812342046",))
    customer = add_customer(actor=cast.actor("lin", now), at=now, details=details, unit=cast.east)
    lin, jiang, stranger = call("lin"), call("jiang"), call("stranger")
    address = f"/present/customer/{customer.uid}"
    assert names(lin("POST", address)) == []
    assert names(jiang("GET", address)) == ["林可欣"]
    assert names(lin("GET", address)) == []  # asking is not announcing
    assert names(jiang("POST", address)) == ["林可欣"]
    assert names(lin("GET", address)) == ["姜若琳"]
    assert names(call("zhou")("POST", address)) == []  # compliance looks unseen
    assert stranger("POST", address).status_code == 404
    assert lin("POST", address.replace("customer", "dispute")).status_code == 404
    assert lin("GET", address.replace("customer", "page")).status_code == 422
    assert Presence.objects.count() == 2
