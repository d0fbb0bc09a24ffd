"""The rules that judge a unit at a moment: version, compiled pack and calendar together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from dingfen.accounts.models import Unit
from dingfen.engine.deadlines import due
from dingfen.engine.holding import Protection, protection
from dingfen.engine.ownership import Ownership
from dingfen.engine.parts import Duration
from dingfen.engine.schema import Pack, ownership_of
from dingfen.ownership.models import Registration
from dingfen.policies.judging import RulesOfTopic
from dingfen.policies.past import PastRules
from dingfen.policies.queries import in_force, pack_of, published
from dingfen.problems import conflict

TOPIC = "ownership"


@dataclass(frozen=True, slots=True)
class Rules(RulesOfTopic):
    @property
    def ownership(self) -> Ownership:
        return ownership_of(self.pack)

    def due(self, start: datetime, length: Duration) -> datetime:
        return due(start, length, self.calendar)

    def protection(self, held: Registration, follow_ups: Iterable[datetime], now: datetime) -> Protection:
        """How long a hold lasts, seen at `now`: by its grade, channel, stage and renewals.

        `held` may be a row not yet written; the customer comes with it.
        """
        return protection(
            self.pack,
            registered_at=held.registered_at,
            grade=held.customer.grade or None,
            follow_ups=follow_ups,
            calendar=self.calendar,
            now=now,
            channel=held.channel or None,
            stage=(held.stage_at, held.stage) if held.stage and held.stage_at else None,
            renewals=[datetime.fromisoformat(text) for text in held.renewals],
        )


def past_rules() -> PastRules[Rules]:
    """What judges history of this topic taken over from another system."""
    return PastRules(Rules, TOPIC)


def rules_at(unit: Unit, at: datetime, imported: bool = False) -> Rules | None:
    """The rules in force for a unit at a moment; None where no published version applies."""
    return Rules.in_force(unit, at, TOPIC, imported)


def rules_needed(unit: Unit, at: datetime, imported: bool = False) -> Rules:
    """As `rules_at`. Raises Problem `policy.none` (409) where no version applies."""
    rules = rules_at(unit, at, imported)
    if rules is None:
        raise conflict("policy.none", unit=unit.name)
    return rules


def pack_by_time(unit: Unit, imported: bool) -> Callable[[datetime], Pack | None]:
    """The pack in force at any moment, from one query: facts are judged by the version of their time."""
    versions = published(unit.company_id or unit.pk, unit.path)

    def pack_of_time(at: datetime) -> Pack | None:
        version = in_force(versions, at, imported, topic=TOPIC)
        return pack_of(version) if version else None

    return pack_of_time
