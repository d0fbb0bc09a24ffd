"""Which sanctions the rules propose for a breach found outside a dispute (A6, A13). Proposed, never imposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dingfen.engine.ownership import Measure, Ownership, Sanction


@dataclass(frozen=True, slots=True)
class ProposedMeasure:
    """A sanction of the pack, and the step of it that repetition has reached."""

    sanction: Sanction
    step: Measure

    def plain(self) -> dict[str, Any]:
        """As rows and entries keep it: ids, enumerations and amounts."""
        money = self.step.amount
        return {
            "sanction": self.sanction.id,
            "article": self.sanction.article,
            "measure": self.step.kind,
            "amount": str(money.amount) if money else None,
            "currency": money.currency if money else "",
        }


def measures_for(rules: Ownership, found: Mapping[str, Any], earlier: int) -> list[ProposedMeasure]:
    """The sanctions that these facts of a claim call for, after so many earlier breaches.

    A sanction that asks for a fact not found does not fire: unknown is no ground.
    """
    claim = dict(found)
    return [
        ProposedMeasure(sanction, sanction.steps[min(earlier, len(sanction.steps) - 1)])
        for sanction in rules.sanctions
        if sanction.when.evaluate({}, claim, (claim,)) is True
    ]
