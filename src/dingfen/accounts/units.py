"""The tree of units."""

from __future__ import annotations

from django.db import transaction

from dingfen.accounts.models import Unit


@transaction.atomic
def add_unit(parent: Unit | None, kind: str, name: str, code: str, **more: str) -> Unit:
    """Add a unit below `parent` (a company when None). `path` is made of ids: `/1/4/`."""
    unit = Unit(parent=parent, kind=kind, name=name, code=code, path=f"new-{code}", **more)
    if parent is not None:
        unit.company = parent.company or parent
    unit.save()
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    if parent is None:
        unit.company = unit
    unit.save(update_fields=["path", "company"])
    return unit


def site_of(unit: Unit) -> Unit | None:
    """The nearest unit upwards (itself included) that is a site, so has a book; None without one."""
    step: Unit | None = unit
    while step is not None:
        if step.kind == Unit.Kind.SITE:
            return step
        step = step.parent
    return None


def name_of(unit: Unit, language: str) -> str:
    """The unit's name in a language (`zh-hans`, `en`)."""
    return unit.name_en if language.startswith("en") and unit.name_en else unit.name
