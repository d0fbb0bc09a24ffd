"""From when on a pattern is shown as a signal: the pack's values, or ours where it says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from dingfen.engine.parts import Ruled, Span

Code = Literal[
    "bulk", "last_day", "same_notes", "search_then_register", "too_far", "zero_length", "burst", "carousel",
    "renumbered",
]  # fmt: skip


class SignalRule(Ruled):
    """The values of one signal; what is left out stays as it is by default. `shown: false` switches it off.

    `at_least`: how many entries, or km/h for `too_far`. `within`: the time they lie in. `near`: how long
    before the end of its time a follow-up counts as last-minute.
    """

    signal: Code
    at_least: Annotated[int, Field(ge=1, le=1000)] | None = None
    within: Span | None = None
    near: Span | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Limit:
    """Values in force. `article` names the rule they come from; None: our default."""

    at_least: int
    within: timedelta = timedelta(0)
    near: timedelta = timedelta(0)
    article: str | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    values: Mapping[Code, Limit]

    def of(self, code: Code) -> Limit | None:
        """The values of a signal; None when it is not to be shown."""
        return self.values.get(code)


DEFAULTS: dict[Code, Limit] = {
    "bulk": Limit(6, within=timedelta(minutes=30), near=timedelta(hours=24)),
    "last_day": Limit(3, near=timedelta(hours=24)),
    "same_notes": Limit(3),
    "search_then_register": Limit(1, within=timedelta(minutes=15)),
    "too_far": Limit(120),
    "zero_length": Limit(3),
    "burst": Limit(5, within=timedelta(minutes=1)),
    "carousel": Limit(2, within=timedelta(hours=48)),
    "renumbered": Limit(1, within=timedelta(days=30)),
}


def limits(rules: Iterable[SignalRule] = ()) -> Limits:
    """The values in force under a pack's rules."""
    values = dict(DEFAULTS)
    for rule in rules:
        base = DEFAULTS[rule.signal]
        values[rule.signal] = Limit(
            rule.at_least if rule.at_least is not None else base.at_least,
            rule.within if rule.within is not None else base.within,
            rule.near if rule.near is not None else base.near,
            rule.article,
        )
        if not rule.shown:
            del values[rule.signal]
    return Limits(values)
