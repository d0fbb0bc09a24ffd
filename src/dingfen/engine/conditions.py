"""Conditions: checked against the vocabulary when a pack is loaded, compiled to closures, three-valued.

A compiled condition is called with `(case, claim, claims)`: mappings of *prepared* values (moments
and spans as whole microseconds). A name that is missing in its mapping is unknown, `NONE` is the
value of a fact that is known to be none. The answer is True, False, or None for "cannot be said":

    and: False wins over unknown      or: True wins over unknown      not: unknown stays unknown

A comparison with none is False, `!=` is its opposite. There is no way to loop, call or import.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from dingfen.engine import syntax
from dingfen.engine.syntax import ConditionError
from dingfen.engine.vocabulary import FACTS, HOLD_FACTS, Fact, FactType, Subject, facts_of

Scope = Literal["case", "claim", "customer", "ruling", "complaint", "incident", "conduct", "care"]
Values = Mapping[str, Any]
Evaluate = Callable[[Values, Values, Sequence[Values]], Any]


class _None:
    def __repr__(self) -> str:
        return "NONE"


NONE: Final = _None()
_NO_CLAIM: Final[Values] = {}
_VISIBLE: dict[Scope, tuple[Subject, ...]] = {
    "case": ("case", "customer"),
    "claim": ("case", "customer", "claim"),
    "customer": ("customer",),
    "ruling": ("case", "customer", "ruling"),
    "complaint": ("complaint",),
    "incident": ("incident",),
    "conduct": ("conduct",),
    "care": ("care",),
}
_OVER_CLAIMS: tuple[Scope, ...] = ("case", "claim", "ruling")
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED: tuple[FactType, ...] = ("number", "moment", "span")


def microseconds(length: timedelta) -> int:
    """A span as the whole number closures work with."""
    return length // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that fits the vocabulary. Two conditions are equal when text and scope are."""

    text: str
    scope: Scope
    evaluate: Evaluate = field(compare=False, repr=False)
    uses: frozenset[str] = field(compare=False, repr=False)
    constants: Mapping[str, tuple[Any, ...]] = field(compare=False, repr=False)
    tree: syntax.Node = field(compare=False, repr=False)

    def names(self) -> tuple[str, ...]:
        """The facts it uses, in the order of the text."""
        found: dict[str, None] = {}
        _collect(self.tree, found)
        return tuple(found)

    def of_case(self, case: Values, claims: Sequence[Values]) -> bool | None:
        """The answer for a case as a whole."""
        answer: bool | None = self.evaluate(case, _NO_CLAIM, claims)
        return answer


def _collect(node: syntax.Node, found: dict[str, None]) -> None:
    match node:
        case syntax.Name():
            found[node.name] = None
        case syntax.Pair():
            _collect(node.left, found)
            _collect(node.right, found)
        case syntax.Not() | syntax.Among():
            _collect(node.operand, found)
        case syntax.Call():
            _collect(node.argument, found)


@dataclass(slots=True)
class _Typed:
    type: FactType
    evaluate: Evaluate
    node: syntax.Node
    fact: Fact | None = None


@lru_cache(maxsize=4096)
def compile_condition(text: str, scope: Scope) -> Condition:
    """Parse, check and compile. Raises `ConditionError` (code, column, accepted)."""
    tree = syntax.parse(text)
    compiler = _Compiler(scope)
    typed = compiler.compile(tree)
    if typed.type != "boolean":
        raise ConditionError(
            "not_a_condition", tree.column, accepted="something true or false", found=typed.type
        )
    constants = {name: tuple(sorted(values, key=repr)) for name, values in compiler.constants.items()}
    return Condition(text, scope, typed.evaluate, frozenset(compiler.uses), constants, tree)


class _Compiler:
    def __init__(self, scope: Scope) -> None:
        self.subjects = _VISIBLE[scope]
        self.over_claims = scope in _OVER_CLAIMS
        self.of_hold: Mapping[str, Fact] = HOLD_FACTS if scope == "customer" else {}
        self.uses: set[str] = set()
        self.constants: dict[str, set[Any]] = {}

    def compile(self, node: syntax.Node) -> _Typed:
        match node:
            case syntax.Literal():
                return self._literal(node)
            case syntax.Name():
                return self._name(node)
            case syntax.Not():
                return _Typed("boolean", _negate(self._boolean(node.operand)), node)
            case syntax.Among():
                return self._among(node)
            case syntax.Call():
                return self._call(node)
            case syntax.Pair(operator="and"):
                return _Typed("boolean", _both(self._boolean(node.left), self._boolean(node.right)), node)
            case syntax.Pair(operator="or"):
                return _Typed("boolean", _either(self._boolean(node.left), self._boolean(node.right)), node)
            case syntax.Pair(operator="+" | "-"):
                return self._arithmetic(node)
            case _:
                return self._comparison(node)

    def _literal(self, node: syntax.Literal) -> _Typed:
        value = node.value
        if isinstance(value, timedelta):
            return _Typed("span", _constant(microseconds(value)), node)
        if isinstance(value, bool):
            return _Typed("boolean", _constant(value), node)
        return _Typed("choice" if isinstance(value, str) else "number", _constant(value), node)

    def _name(self, node: syntax.Name) -> _Typed:
        fact = self._fact(node)
        return _Typed(
            fact.type, _of_claim(fact.name) if fact.subject == "claim" else _of_case(fact.name), node, fact
        )

    def _fact(self, node: syntax.Name) -> Fact:
        visible = {**facts_of(*self.subjects), **self.of_hold}
        if node.name not in visible:
            code = "fact_out_of_scope" if node.name in FACTS else "unknown_fact"
            raise ConditionError(code, node.column, accepted=_nearest(node.name, visible), fact=node.name)
        self.uses.add(node.name)
        return visible[node.name]

    def _boolean(self, node: syntax.Node) -> Evaluate:
        typed = self.compile(node)
        if typed.type != "boolean":
            raise ConditionError(
                "wrong_type", node.column, accepted="something true or false", found=typed.type
            )
        return typed.evaluate

    def _comparison(self, node: syntax.Node) -> _Typed:
        assert isinstance(node, syntax.Pair)
        left, right = self.compile(node.left), self.compile(node.right)
        if left.type != right.type:
            raise ConditionError("wrong_type", node.right.column, accepted=left.type, found=right.type)
        if node.operator not in ("==", "!=") and left.type not in _ORDERED:
            raise ConditionError("wrong_operator", node.column, accepted="==, !=", type=left.type)
        for side, other in ((left, right), (right, left)):
            self._note_constant(side, other.node)
        return _Typed("boolean", _compare(node.operator, left.evaluate, right.evaluate), node)

    def _note_constant(self, typed: _Typed, other: syntax.Node) -> None:
        if typed.fact is None or not isinstance(other, syntax.Literal):
            return
        value = other.value
        if isinstance(value, str) and value not in typed.fact.choices:
            accepted = ", ".join(f'"{choice}"' for choice in typed.fact.choices)
            raise ConditionError("unknown_choice", other.column, accepted=accepted, found=value)
        self.constants.setdefault(typed.fact.name, set()).add(
            microseconds(value) if isinstance(value, timedelta) else value
        )

    def _among(self, node: syntax.Among) -> _Typed:
        operand = self.compile(node.operand)
        for choice in node.choices:
            typed = self._literal(choice)
            if typed.type != operand.type:
                raise ConditionError("wrong_type", choice.column, accepted=operand.type, found=typed.type)
            self._note_constant(operand, choice)
        values = [self._literal(choice).evaluate(_NO_CLAIM, _NO_CLAIM, ()) for choice in node.choices]
        return _Typed("boolean", _in(operand.evaluate, frozenset(values)), node)

    def _arithmetic(self, node: syntax.Pair) -> _Typed:
        left, right = self.compile(node.left), self.compile(node.right)
        result = _SUMS.get((node.operator, left.type, right.type))
        if result is None:
            raise ConditionError(
                "wrong_operator", node.column, accepted=_SUM_FORMS, type=f"{left.type}, {right.type}"
            )
        act = operator.add if node.operator == "+" else operator.sub
        return _Typed(result, _calculate(act, left.evaluate, right.evaluate), node)

    def _call(self, node: syntax.Call) -> _Typed:
        if node.function == "has":
            name = self._argument_fact(node)
            return _Typed("boolean", _has(self._name(name).evaluate), node)
        if not self.over_claims:
            raise ConditionError("no_claims_here", node.column, function=node.function)
        before, self.subjects = self.subjects, _VISIBLE["claim"]
        try:
            if node.function in ("min", "max"):
                fact = self._fact(self._argument_fact(node))
                if fact.subject != "claim" or fact.type not in _ORDERED:
                    accepted = "a fact of a claim that has an order"
                    raise ConditionError(
                        "wrong_type", node.argument.column, accepted=accepted, found=fact.type
                    )
                return _Typed(fact.type, _extreme(fact.name, node.function == "min"), node)
            body = self._boolean(node.argument)
        finally:
            self.subjects = before
        if node.function == "count":
            return _Typed("number", _count(body), node)
        return _Typed("boolean", _some(body) if node.function == "any" else _every(body), node)

    def _argument_fact(self, node: syntax.Call) -> syntax.Name:
        if not isinstance(node.argument, syntax.Name):
            raise ConditionError("expected", node.argument.column, accepted="the name of a fact")
        return node.argument


_SUMS: dict[tuple[str, FactType, FactType], FactType] = {
    ("+", "number", "number"): "number", ("-", "number", "number"): "number",
    ("+", "span", "span"): "span", ("-", "span", "span"): "span",
    ("+", "moment", "span"): "moment", ("-", "moment", "span"): "moment", ("-", "moment", "moment"): "span",
}  # fmt: skip
_SUM_FORMS = "number ± number, span ± span, moment ± span, moment - moment"


def _nearest(name: str, names: Iterable[str]) -> str:
    """The few names that look most like a mistyped one, or all of them when none does."""
    known = sorted(names)
    return ", ".join(difflib.get_close_matches(name, known, 3) or known)


# Closures. Each takes (case, claim, claims) and gives a value, NONE, or None for unknown.


def _constant(value: Any) -> Evaluate:
    return lambda case, claim, claims: value


def _of_case(name: str) -> Evaluate:
    return lambda case, claim, claims: case.get(name)


def _of_claim(name: str) -> Evaluate:
    return lambda case, claim, claims: claim.get(name)


def _negate(operand: Evaluate) -> Evaluate:
    def negate(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        value = operand(case, claim, claims)
        return None if value is None else value is not True

    return negate


def _both(left: Evaluate, right: Evaluate) -> Evaluate:
    def both(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        first = left(case, claim, claims)
        if first is not None and first is not True:
            return False
        second = right(case, claim, claims)
        if second is not None and second is not True:
            return False
        return None if first is None or second is None else True

    return both


def _either(left: Evaluate, right: Evaluate) -> Evaluate:
    def either(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        first = left(case, claim, claims)
        if first is True:
            return True
        second = right(case, claim, claims)
        if second is True:
            return True
        return None if first is None or second is None else False

    return either


def _compare(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
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


def _in(operand: Evaluate, values: frozenset[Any]) -> Evaluate:
    def among(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        value = operand(case, claim, claims)
        return None if value is None else value in values

    return among


def _calculate(act: Callable[[Any, Any], Any], left: Evaluate, right: Evaluate) -> Evaluate:
    def calculate(case: Values, claim: Values, claims: Sequence[Values]) -> Any:
        first = left(case, claim, claims)
        second = right(case, claim, claims)
        if first is None or second is None:
            return None
        return NONE if first is NONE or second is NONE else act(first, second)

    return calculate


def _has(operand: Evaluate) -> Evaluate:
    def has(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        value = operand(case, claim, claims)
        return None if value is None else value is not NONE

    return has


def _some(body: Evaluate) -> Evaluate:
    def some(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        answers = [body(case, each, claims) for each in claims]
        return True if True in answers else (None if None in answers else False)

    return some


def _every(body: Evaluate) -> Evaluate:
    def every(case: Values, claim: Values, claims: Sequence[Values]) -> bool | None:
        answers = [body(case, each, claims) for each in claims]
        return False if any(a is False or a is NONE for a in answers) else (None if None in answers else True)

    return every


def _count(body: Evaluate) -> Evaluate:
    def count(case: Values, claim: Values, claims: Sequence[Values]) -> int | None:
        answers = [body(case, each, claims) for each in claims]
        return None if None in answers else answers.count(True)

    return count


def _extreme(name: str, least: bool) -> Evaluate:
    choose: Callable[[list[Any]], Any] = min if least else max

    def extreme(case: Values, claim: Values, claims: Sequence[Values]) -> Any:
        values = [each.get(name) for each in claims]
        if None in values:
            return None
        known = [value for value in values if value is not NONE]
        return choose(known) if known else NONE

    return extreme
