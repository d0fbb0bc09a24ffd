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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, Literal

from dingfen.engine import closures, syntax
from dingfen.engine.closures import NONE as NONE
from dingfen.engine.closures import Evaluate as Evaluate
from dingfen.engine.closures import Values as Values
from dingfen.engine.syntax import ConditionError
from dingfen.engine.vocabulary import FACTS, HOLD_FACTS, Fact, FactType, Subject, facts_of

Scope = Literal["case", "claim", "customer", "ruling", "complaint", "incident", "conduct", "care"]
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
                return _Typed("boolean", closures.negate(self._boolean(node.operand)), node)
            case syntax.Among():
                return self._among(node)
            case syntax.Call():
                return self._call(node)
            case syntax.Pair(operator="and"):
                return _Typed(
                    "boolean", closures.both(self._boolean(node.left), self._boolean(node.right)), node
                )
            case syntax.Pair(operator="or"):
                return _Typed(
                    "boolean", closures.either(self._boolean(node.left), self._boolean(node.right)), node
                )
            case syntax.Pair(operator="+" | "-"):
                return self._arithmetic(node)
            case _:
                return self._comparison(node)

    def _literal(self, node: syntax.Literal) -> _Typed:
        value = node.value
        if isinstance(value, timedelta):
            return _Typed("span", closures.constant(microseconds(value)), node)
        if isinstance(value, bool):
            return _Typed("boolean", closures.constant(value), node)
        return _Typed("choice" if isinstance(value, str) else "number", closures.constant(value), node)

    def _name(self, node: syntax.Name) -> _Typed:
        fact = self._fact(node)
        return _Typed(
            fact.type,
            closures.of_claim(fact.name) if fact.subject == "claim" else closures.of_case(fact.name),
            node,
            fact,
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
        quick = None
        if isinstance(left.node, syntax.Name) and left.fact and isinstance(right.node, syntax.Literal):
            value = right.evaluate(_NO_CLAIM, _NO_CLAIM, ())
            quick = closures.against_constant(
                node.operator, left.fact.name, left.fact.subject == "claim", value
            )
        return _Typed(
            "boolean", quick or closures.compare(node.operator, left.evaluate, right.evaluate), node
        )

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
        return _Typed("boolean", closures.among(operand.evaluate, frozenset(values)), node)

    def _arithmetic(self, node: syntax.Pair) -> _Typed:
        left, right = self.compile(node.left), self.compile(node.right)
        result = _SUMS.get((node.operator, left.type, right.type))
        if result is None:
            raise ConditionError(
                "wrong_operator", node.column, accepted=_SUM_FORMS, type=f"{left.type}, {right.type}"
            )
        act = operator.add if node.operator == "+" else operator.sub
        return _Typed(result, closures.calculate(act, left.evaluate, right.evaluate), node)

    def _call(self, node: syntax.Call) -> _Typed:
        if node.function == "has":
            name = self._argument_fact(node)
            return _Typed("boolean", closures.has(self._name(name).evaluate), node)
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
                return _Typed(fact.type, closures.extreme(fact.name, node.function == "min"), node)
            body = self._boolean(node.argument)
        finally:
            self.subjects = before
        if node.function == "count":
            return _Typed("number", closures.count(body), node)
        return _Typed(
            "boolean", closures.some(body) if node.function == "any" else closures.every(body), node
        )

    def _argument_fact(self, node: syntax.Call) -> syntax.Name:
        if not isinstance(node.argument, syntax.Name):
            raise ConditionError("expected", node.argument.column, accepted="visits")
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
