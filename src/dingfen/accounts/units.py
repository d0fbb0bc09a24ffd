"""The tree of units."""

from __future__ import annotations

from django.db import transaction

from dingfen.accounts.models import Unit
from dingfen.database.once import once
from dingfen.database.rows import run


@transaction.atomic
def add_unit(parent: Unit | None, kind: str, name: str, code: str, **more: str) -> Unit:
    """Add a unit below `parent` (a company when None). `path` is made of ids: `/1/4/`.

    A unit without a time zone of its own takes its parent's.
    """
    unit = Unit(parent=parent, kind=kind, name=name, code=code, path=f"new-{code}", **more)
    if parent is not None:
        unit.company = parent.company or parent
        unit.time_zone = unit.time_zone or parent.time_zone
    unit.save()
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    if parent is None:
        unit.company = unit
    unit.save(update_fields=["path", "company"])
    return unit


def site_of(unit: Unit) -> Unit | None:
    """The nearest unit upwards (itself included) that is a site, so has a book; None without one."""
    if unit.kind == Unit.Kind.SITE:
        return unit
    chain = [int(step) for step in unit.path.strip("/").split("/")]
    return Unit.objects.filter(pk__in=chain, kind=Unit.Kind.SITE).order_by("-path").first()


def name_of(unit: Unit, language: str) -> str:
    """The unit's name in a language (`zh-hans`, `en`)."""
    return unit.name_en if language.startswith("en") and unit.name_en else unit.name


def units_below(paths: tuple[str, ...]) -> tuple[int, ...]:
    """The ids of the units under these paths, in order."""

    def read() -> tuple[int, ...]:
        return tuple(sorted({row[0] for path in paths for row in run(_BELOW, [f"{path}%"])}))

    return once(("units below", paths), read)


_BELOW = "SELECT id FROM accounts_unit WHERE path LIKE %s"
