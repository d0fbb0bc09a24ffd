"""What a rule book says of its own coming into being: whether staff are consulted, how long they have to read it.

Rules that bear directly on employees (pay, quotas, discipline, training, safety) are discussed with them or their
representatives and made known to them before they bind: Labour Contract Law of the PRC, article 4. Left out, the
rules themselves tell whether that is so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from dingfen.engine.parts import Part, Span

if TYPE_CHECKING:
    from dingfen.engine.schema import Pack

Bearing = Literal["pay", "discipline", "duties", "training", "safety", "assessment"]
_PAY = frozenset({"bonus", "quota", "commission", "extras"})


class Publication(Part):
    """How a version is published.

    `remind_at`: shares of the time for reading, in per cent, at which those who have not confirmed are reminded;
    at its end they always are. More than 100 reminds after it.
    """

    consultation: Literal["required", "not_needed"] | None = None
    read_within: Span | None = None
    remind_at: tuple[Annotated[int, Field(ge=1, le=400)], ...] = ()


def bearings(pack: Pack) -> tuple[Bearing, ...]:
    """In which ways the rules bear on employees."""
    found: list[Bearing] = []
    own = pack.ownership
    if own is not None:
        found += ["pay"] if any(effect.kind in _PAY for effect in own.effects) else []
        found += ["discipline"] if own.sanctions else []
        found += ["duties"] if own.prior_communication or own.routines or own.protection.follow_up else []
    if pack.care is not None and pack.care.courses:
        found.append("training")
    if pack.incidents is not None:
        found.append("safety")
    if pack.indicators is not None and any(figure.weight for figure in pack.indicators.figures):
        found.append("assessment")
    return tuple(found)


def needs_consultation(pack: Pack) -> bool:
    """Whether a version is discussed with staff before it is published: as the pack says, else in China where its
    rules bear on them.
    """
    said = pack.publication.consultation if pack.publication else None
    if said is not None:
        return said == "required"
    return pack.jurisdiction.split("-")[0] == "CN" and bool(bearings(pack))
