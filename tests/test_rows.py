"""Rows written by the short way are the rows that `save` writes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict

from dingfen.accounts.models import Staff
from dingfen.clocks.models import Clock
from dingfen.database import rows
from dingfen.database.models import new_uid
from tests.cast import NOW, make_cast

pytestmark = pytest.mark.django_db


def _clock(company_id: int, number: int) -> Clock:
    return Clock(
        company_id=company_id,
        kind="registration.protection",
        subject_type="registration",
        subject_uid=new_uid(),
        started_at=NOW,
        deadline=NOW + dt.timedelta(hours=number),
        next_at=None if number % 2 else NOW,
        steps=[{"at": NOW.isoformat(), "step": "warn"}],
        params={"number": f"编号 {number}", "half": None},
        article="§7",
    )


def test_a_row_added_is_the_row_saved() -> None:
    company = make_cast().company
    short = [_clock(company.pk, number) for number in range(4)]
    rows.add(*short)
    for number, one in enumerate(short):
        whole = _clock(company.pk, number)
        whole.save()
        stored = [Clock.objects.get(pk=each.pk) for each in (one, whole)]
        left, right = (model_to_dict(each, exclude=["id", "subject_uid"]) for each in stored)
        assert left == right
        assert stored[0].uid == one.uid
        assert stored[0].subject_uid == one.subject_uid
    one.article = "§8"
    one.save()
    assert Clock.objects.get(pk=one.pk).article == "§8"


def test_what_the_database_forbids_is_forbidden_here_too() -> None:
    company = make_cast().company
    first, second = _clock(company.pk, 1), _clock(company.pk, 2)
    second.subject_uid = first.subject_uid
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.add(first, second)
    assert not Clock.objects.exists()
    rows.add()


def test_a_row_read_is_the_row_the_orm_reads() -> None:
    company = make_cast().company
    clock = _clock(company.pk, 3)
    rows.add(clock)
    short, whole = rows.first(Clock, uid=clock.uid, company_id=company.pk), Clock.objects.get()
    assert short is not None
    assert model_to_dict(short) == model_to_dict(whole)
    assert (short.uid, short.steps, short.started_at) == (whole.uid, whole.steps, whole.started_at)
    short.delete()
    assert rows.first(Clock, uid=clock.uid) is None


def test_rows_found_come_with_the_row_beside() -> None:
    cast = make_cast()
    found = rows.find(Staff, "t.username IN (%s, %s) ORDER BY t.username DESC", ["lin", "xu"], "company")
    assert [one.username for one in found] == ["xu", "lin"]
    whole = Staff.objects.select_related("company").get(username="xu")
    assert model_to_dict(found[0]) == model_to_dict(whole)
    assert Staff.company.is_cached(found[0])
    assert found[0].company is not None
    assert model_to_dict(found[0].company) == model_to_dict(cast.company)
