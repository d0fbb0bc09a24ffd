"""The closures of conditions: (case, claim, claims) in; a value, NONE, or None for unknown out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Values = Mapping[str, Any]
Evaluate = Callable[[Values, Values, Sequence[Values]], Any]


class _None:
    def __repr__(self) -> str:
        return "NONE"


NONE: Final = _None()
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def constant(value: Any) -> Evaluate:
    return lambda case, claim, claims: value


def of_case(name: str) -> Evaluate:
    return lambda case, claim, claims: case.get(name)


def of_claim(name: str) -> Evaluate:
    return lambda case, claim, claims: claim.get(name)


def negate(operand: Evaluate) -> Evaluate:
    def negate(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        value = operand(case, claim, claims)
        return None if value is None else value is not True

    return negate


def both(left: Evaluate, right: Evaluate) -> Evaluate:
    def both(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        first = left(case, claim, claims)
        if first is not None and first is not True:
            return False
        second = right(case, claim, claims)
        if second is not None and second is not True:
            return False
        return None if first is None or second is None else True

    return both


def either(left: Evaluate, right: Evaluate) -> Evaluate:
    def either(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        first = left(case, claim, claims)
        if first is True:
            return True
        second = right(case, claim, claims)
        if second is True:
            return True
        return None if first is None or second is None else False

    return either


def compare(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    act, with_none = _COMPARE[sign], sign == "!="

    def compare(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        first = left(case, claim, claims)
        second = right(case, claim, claims)
        if first is None or second is None:
            return None
        if first is NONE or second is NONE:
            return with_none
        answer: bool = act(first, second)
        return answer

    return compare


def against_constant(sign: str, name: str, of_a_claim: bool, value: Any) -> Evaluate:
    """A fact compared with a constant in one step: most conditions are of this form, and are asked most."""
    act, with_none = _COMPARE[sign], sign == "!="

    def of_claim(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        found = claim.get(name)
        if found is None:
            return None
        return with_none if found is NONE else act(found, value)

    def of_case(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        found = case.get(name)
        if found is None:
            return None
        return with_none if found is NONE else act(found, value)

    return of_claim if of_a_claim else of_case


def among(operand: Evaluate, values: frozenset[Any]) -> Evaluate:
    def inside(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        value = operand(case, claim, claims)
        return None if value is None else value in values

    return inside


def calculate(act: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def calculate(case: Values, claim: Values, claims: Sequence[Values]) -> Any:
        first = left(case, claim, claims)
        second = right(case, claim, claims)
        if first is None or second is None:
            return None
        return NONE if first is NONE or second is NONE else act(first, second)

    return calculate


def has(operand: Evaluate) -> Evaluate:
    def has(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        value = operand(case, claim, claims)
        return None if value is None else value is not NONE

    return has


def some(body: Evaluate) -> Evaluate:
    def some(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        answers = [body(case, each, claims) for each in claims]
        return True if True in answers else (None if None in answers else False)

    return some


def every(body: Evaluate) -> Evaluate:
    def every(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        answers = [body(case, each, claims) for each in claims]
        return False if any(a is False or a is NONE for a in answers) else (None if None in answers else True)

    return every


def count(body: Evaluate) -> Evaluate:
    def count(case: Values, claim: Values, claims: Sequence[Values]) -> int | None:
        answers = [body(case, each, claims) for each in claims]
        return None if None in answers else answers.count(True)

    return count


def extreme(name: str, least: bool) -> Evaluate:
    choose: Callable[[list[Any]], Any] = min if least else max

    def extreme(case: Values, claim: Values, claims: Sequence[Values]) -> Any:
        values = [each.get(name) for each in claims]
        if None in values:
            return None
        known = [value for value in values if value is not NONE]
        return choose(known) if known else NONE

    return extreme
