"""The rules that judge a complaint: version, compiled pack and calendar together.

A complaint goes by the version in force when it was received (`rules_of`), to its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dingfen.accounts.models import Unit
from dingfen.complaints.models import Complaint
from dingfen.engine.complaints import Complaints
from dingfen.engine.schema import complaints_of
from dingfen.policies.judging import RulesOfTopic
from dingfen.policies.past import PastRules

TOPIC = "complaints"


@dataclass(frozen=True, slots=True)
class Rules(RulesOfTopic):
    @property
    def complaints(self) -> Complaints:
        return complaints_of(self.pack)


def past_rules() -> PastRules[Rules]:
    """What judges history of this topic taken over from another system."""
    return PastRules(Rules, TOPIC)


def rules_at(unit: Unit, at: datetime, imported: bool = False) -> Rules | None:
    """The rules in force for complaints of a unit at a moment; None where no published version applies."""
    return Rules.in_force(unit, at, TOPIC, imported)


def rules_of(complaint: Complaint) -> Rules | None:
    """The rules a complaint goes by; None where none applied when it was received."""
    if complaint.policy is None:
        return None
    return Rules.by_version(complaint.case.unit, complaint.policy)
