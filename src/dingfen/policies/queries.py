"""Which version of the rules judged something at a moment, compiled once in a process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import F
from django.db.models.functions import Length

from dingfen.accounts.models import RoleGrant
from dingfen.database import rows
from dingfen.engine.load import from_canonical, load_pack
from dingfen.engine.scenarios import read_scenarios
from dingfen.engine.schema import Pack
from dingfen.packs import SHIPPED, pack_files, scenario_files
from dingfen.policies.models import PolicyVersion


def path_prefixes(path: str) -> list[str]:
    """The paths of a unit and of all units above it: `/1/4/` gives `/1/` and `/1/4/`."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[: count + 1]) + "/" for count in range(len(steps))]


def published(company_id: int, unit_path: str) -> list[PolicyVersion]:
    """The published versions of a unit and of all units above it, nearest unit and latest date first.

    Every registration asks this: what a process has loaded serves again while `_PRINT` says it is the same.
    """
    print_ = rows.run(_PRINT, [company_id])
    kept = _published.get((company_id, unit_path))
    if kept is None or kept[0] != print_:
        kept = _published[company_id, unit_path] = (print_, _load_published(company_id, unit_path))
    return kept[1]


_PRINT = """
SELECT v.uid, v.digest, v.in_force_from, v.in_force_until, v.applies_to_history_from, u.path
FROM policies_policyversion v JOIN accounts_unit u ON u.id = v.unit_id
WHERE v.company_id = +%s AND v.state = 'published' ORDER BY v.id
"""
_published: dict[tuple[int, str], tuple[list[object], list[PolicyVersion]]] = {}


def _load_published(company_id: int, unit_path: str) -> list[PolicyVersion]:
    return list(
        PolicyVersion.objects.filter(
            company_id=company_id,
            unit__path__in=path_prefixes(unit_path),
            state=PolicyVersion.State.PUBLISHED,
        )
        .defer("document")
        .order_by(Length("unit__path").desc(), F("in_force_from").desc(), "-id")
    )


def in_force(
    versions: Iterable[PolicyVersion], at: datetime, imported: bool = False, *, topic: str
) -> PolicyVersion | None:
    """The first of these versions (ordered as `published` gives them) that judges what happened at `at`.

    Only packs with rules on the topic count. Within the nearest unit an overlay comes before all others.
    """
    fitting = (version for version in versions if _judges(version, at, imported))
    found = [version for version in fitting if topic in pack_of(version).topics]
    nearest = [version for version in found if version.unit_id == found[0].unit_id]
    overlay = next((version for version in nearest if pack_of(version).kind == "overlay"), None)
    return overlay or (found[0] if found else None)


def _judges(version: PolicyVersion, at: datetime, imported: bool) -> bool:
    starts = [version.in_force_from]
    if imported:
        starts.append(version.applies_to_history_from)
    begun = any(start is not None and start <= at for start in starts)
    return begun and (version.in_force_until is None or at < version.in_force_until)


def version_at(
    company_id: int, unit_path: str, at: datetime, imported: bool = False, *, topic: str
) -> tuple[PolicyVersion, Pack] | None:
    """The version whose rules on a topic judge what happened at `at` in this unit, with its compiled pack.

    The nearest unit upwards decides; there the version with the latest date of effect. Imported facts may
    also be judged from `applies_to_history_from` on. None: no version applied, so the engine declines.
    """
    version = in_force(published(company_id, unit_path), at, imported, topic=topic)
    return (version, pack_of(version)) if version else None


def pack_of(version: PolicyVersion) -> Pack:
    """The compiled pack of a version, from its stored canonical text."""
    return compiled(version.digest) or _compile(version)


def version_before(version: PolicyVersion) -> PolicyVersion | None:
    """The version of the same pack for the same unit that a version replaces."""
    published = PolicyVersion.objects.filter(
        unit_id=version.unit_id, pack=version.pack, state=PolicyVersion.State.PUBLISHED, pk__lt=version.pk
    )
    return published.order_by("-pk").first()


_packs: dict[str, Pack] = {}
KEPT = 64


def compiled(digest: str) -> Pack | None:
    """The pack of this digest if this process has compiled it: a digest never changes its meaning."""
    return _packs.get(digest)


def _compile(version: PolicyVersion) -> Pack:
    pack = from_canonical(version.document)
    if len(_packs) >= KEPT:
        _packs.pop(next(iter(_packs)))
    _packs[version.digest] = pack
    return pack


def shipped_names() -> list[str]:
    """The packs that come with Dingfen."""
    return sorted(SHIPPED)


@lru_cache(maxsize=64)
def shipped(name: str) -> Pack:
    """A pack that comes with Dingfen. Raises KeyError for an unknown name."""
    return load_pack(pack_files(name), pack_files)


@lru_cache(maxsize=64)
def shipped_scenarios(name: str) -> int:
    """How many scenarios come with a shipped pack."""
    return len(read_scenarios(scenario_files(name)))


def roles_held(company_id: int) -> frozenset[str]:
    """The roles somebody at work in a company has, whatever unit they are over: for lint."""
    grants = RoleGrant.objects.filter(
        staff__company_id=company_id, staff__is_active=True, staff__left_on=None
    )
    return frozenset(grants.values_list("role", flat=True).distinct())
