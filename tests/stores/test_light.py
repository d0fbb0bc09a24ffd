"""Rows made without Django's walk over all fields are the rows Django would have made."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

from dingfen.accounts.models import Staff, Unit
from dingfen.database.models import Light
from dingfen.parties.models import Customer

OURS = [model for model in apps.get_models() if issubclass(model, Light)]


def test_nobody_listens_to_the_making_of_a_row_and_no_field_minds_how_it_is_set() -> None:
    assert len(OURS) > 80
    assert not [model for model in OURS if pre_init.has_listeners(model) or post_init.has_listeners(model)]
    for model in OURS:
        for field in model._meta.concrete_fields:
            assert isinstance(getattr(model, field.attname), DeferredAttribute), (model, field)
            assert not field.has_db_default(), (model, field)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_new_row_holds_what_django_puts_there(model: type[Model]) -> None:
    made, wanted = model(), model.__new__(model)
    Model.__init__(wanted)
    differing = {
        "_state",
        *(field.attname for field in model._meta.concrete_fields if callable(field.default)),
    }
    assert set(made.__dict__) == set(wanted.__dict__)
    assert made._state.adding and made._state.db is None and not made._state.fields_cache
    for name in set(wanted.__dict__) - differing:
        assert made.__dict__[name] == wanted.__dict__[name], name
        assert type(made.__dict__[name]) is type(wanted.__dict__[name]), name
    for name in differing - {"_state"}:
        assert type(made.__dict__[name]) is type(wanted.__dict__[name]), name


def test_rows_beside_are_remembered_checked_and_mistakes_refused() -> None:
    unit = Unit(id=7, name="一部")
    staff = Staff(username="lin", unit=unit)
    assert (staff.unit_id, staff.unit) == (7, unit)
    assert Staff(username="lin", unit_id=9).unit_id == 9
    assert Customer(pk=3).id == 3
    with pytest.raises(ValueError, match="must be a"):
        Staff(unit=staff)
    with pytest.raises(TypeError, match="unexpected keyword"):
        Customer(nmae="x")


@pytest.mark.django_db
def test_what_is_read_in_part_is_read_when_asked_for() -> None:
    Unit.objects.create(name="总部", code="A", kind="company", path="/1/")
    part = Unit.objects.only("name").get()
    assert part.get_deferred_fields() and part.code == "A"
    assert not part._state.adding and part._state.db == "default"
    whole = Unit.objects.get()
    assert whole == part and not whole.get_deferred_fields()
    whole.name = "别处"
    whole.save()
    whole.refresh_from_db(fields=["name"])
    assert whole.name == "别处"
