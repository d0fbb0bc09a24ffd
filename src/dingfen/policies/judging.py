"""What judges a matter: a version, its compiled pack and the calendar of the unit, together.

Each room derives its own `Rules` with the topic it judges by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from dingfen.accounts.models import Unit
from dingfen.engine.calendar import Calendar
from dingfen.engine.schema import Pack
from dingfen.policies.calendars import calendar_of
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of, version_at


@dataclass(frozen=True, slots=True)
class RulesOfTopic:
    version: PolicyVersion
    pack: Pack
    calendar: Calendar

    @property
    def cited(self) -> tuple[str, str, str]:
        """Pack, version and digest, as a register entry names them."""
        return (self.version.pack, self.version.version, self.version.digest)

    @classmethod
    def by_version(cls, unit: Unit, version: PolicyVersion) -> Self:
        """The rules of one version with the calendar of a unit."""
        pack = pack_of(version)
        return cls(version, pack, calendar_of(unit.time_zone, pack, version.digest))

    @classmethod
    def in_force(cls, unit: Unit, at: datetime, topic: str, imported: bool = False) -> Self | None:
        """The rules in force for a unit at a moment; None where no published version applies."""
        found = version_at(unit.company_id or unit.pk, unit.path, at, imported, topic=topic)
        if found is None:
            return None
        version, pack = found
        return cls(version, pack, calendar_of(unit.time_zone, pack, version.digest))
