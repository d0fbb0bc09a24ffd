"""Rows by ids, of a statement compiled once: those the ORM finds, and no statement more."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db.models import QuerySet

from dingfen.accounts.models import Staff, Unit
from dingfen.database import kept
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _people(company: int, ids: list[int]) -> QuerySet[Staff]:
    found = Staff.objects.filter(company_id=company, pk__in=ids).select_related("unit")
    return found.only("name", "username", "unit__name").order_by("-pk")


def _by_uid(uids: list[uuid.UUID]) -> QuerySet[Unit]:
    return Unit.objects.filter(uid__in=uids)


def _nobody(ids: list[int]) -> QuerySet[Staff]:
    return Staff.objects.filter(pk__in=ids).none()


def test_rows_by_ids(cast: Cast, django_assert_num_queries: Any) -> None:
    company, ids = cast.company.pk, [one.pk for one in Staff.objects.all()]
    for count in (1, 2, 3, len(ids)):
        with django_assert_num_queries(1):
            told = [
                (one.pk, one.name, one.unit.name) for one in kept.rows(_people, company, among=ids[:count])
            ]
        assert told == [(one.pk, one.name, one.unit.name) for one in _people(company, ids[:count])]
    assert kept.rows(_people, company + 1000, among=ids) == []
    assert kept.rows(_people, company, among=[]) == kept.rows(_nobody, among=ids) == []
    units = list(Unit.objects.all())[:3]
    assert {one.pk for one in kept.rows(_by_uid, among=[unit.uid for unit in units])} == {u.pk for u in units}
