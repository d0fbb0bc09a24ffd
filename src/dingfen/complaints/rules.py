"""The rules that judge a complaint: version, compiled pack and calendar together.

A complaint goes by the version in force when it was received (`rules_of`), to its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dingfen.accounts.models import Unit
from dingfen.complaints.models import Complaint
from dingfen.engine.calendar import Calendar
from dingfen.engine.complaints import Complaints
from dingfen.engine.schema import Pack, complaints_of
from dingfen.policies.calendars import calendar_of
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import pack_of, version_at

TOPIC = "complaints"


@dataclass(frozen=True, slots=True)
class Rules:
    version: PolicyVersion
    pack: Pack
    calendar: Calendar

    @property
    def complaints(self) -> Complaints:
        return complaints_of(self.pack)

    @property
    def cited(self) -> tuple[str, str, str]:
        """Pack, version and digest, as a register entry names them."""
        return (self.version.pack, self.version.version, self.version.digest)


def rules_at(unit: Unit, at: datetime, imported: bool = False) -> Rules | None:
    """The rules in force for complaints of a unit at a moment; None where no published version applies."""
    found = version_at(unit.company_id or unit.pk, unit.path, at, imported, topic=TOPIC)
    if found is None:
        return None
    version, pack = found
    return Rules(version, pack, calendar_of(unit.time_zone, pack, version.digest))


def rules_of(complaint: Complaint) -> Rules | None:
    """The rules a complaint goes by; None where none applied when it was received."""
    if complaint.policy is None:
        return None
    unit, pack = complaint.case.unit, pack_of(complaint.policy)
    return Rules(complaint.policy, pack, calendar_of(unit.time_zone, pack, complaint.policy.digest))
