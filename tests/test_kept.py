"""Questions compiled once: each reader gets their own answer, and today's."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import trans_real

from dingfen.accounts.actor import Actor, actor_for
from dingfen.accounts.models import RoleGrant, Staff
from dingfen.clocks.awaiting import AWAITED
from dingfen.database import kept
from dingfen.web.complaints import lists as complaints
from dingfen.web.disputes import lists as disputes
from tests.cast import NOW, Cast


def _colleagues(actor: Actor) -> QuerySet[Any]:
    return Staff.objects.filter(company_id=actor.company_id, unit__path__startswith=actor.unit_path)


def _nobody(actor: Actor) -> QuerySet[Any]:
    return Staff.objects.none()


@pytest.mark.django_db
def test_each_reader_gets_their_own_answer_and_the_one_of_now(cast: Cast) -> None:
    for staff in (cast.lin, cast.jiang, cast.lin):
        actor = actor_for(staff, NOW)
        there = _colleagues(actor)
        assert kept.count(_colleagues, actor, most=100) == there.count() > 0
        assert set(kept.uids(_colleagues, actor, most=100)) == set(there.values_list("uid", flat=True))
    actor = actor_for(cast.lin, NOW)
    before = kept.count(_colleagues, actor, most=100)
    assert kept.count(_colleagues, actor, most=1) == 1
    Staff.objects.create_user(username="neu", name="新人", company=cast.lin.company, unit=cast.lin.unit)
    assert kept.count(_colleagues, actor, most=100) == before + 1
    assert (kept.count(_nobody, actor, most=9), kept.uids(_nobody, actor, most=9)) == (0, [])


@pytest.mark.django_db
def test_a_question_looks_up_no_rows_which_would_be_kept_with_it(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    questions = [(one.mine, "uid") for one in AWAITED]
    questions += [(disputes._to_rule, "pk"), (complaints._to_handle, "pk")]
    for staff in (cast.lin, cast.jiang, cast.fang, cast.shen, cast.zhou):
        actor = actor_for(staff, NOW)
        with django_assert_num_queries(0):
            for question, field in questions:
                kept._statement.__wrapped__(question, (actor,), field, 9)


@pytest.mark.django_db
def test_a_reader_with_another_role_is_another_reader(cast: Cast) -> None:
    before = actor_for(cast.lin, NOW)
    RoleGrant.objects.create(staff=cast.lin, role="compliance", unit=cast.lin.company)
    assert actor_for(cast.lin, NOW) != before


def test_texts_of_all_groups_stand_in_one_catalogue() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Customers") == "客户"
        assert len(trans_real.translation("zh-hans")._catalog._catalogs) <= 3
