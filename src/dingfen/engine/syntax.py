"""Conditions as a tree: tokens and a recursive-descent parser. Types are checked elsewhere.

Grammar, loosest first (columns count from 1):

    or      = and {"or" and}
    and     = not {"and" not}
    not     = "not" not | test
    test    = sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "[" literal {"," literal} "]"]
    sum     = term {("+" | "-") term}
    term    = literal | fact | function "(" or ")" | "(" or ")"
    literal = number | number unit | "text" | true | false
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
FUNCTIONS = ("any", "all", "count", "min", "max", "has")
_WORDS = ("and", "or", "not", "in", "true", "false")
_SPAN_UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>==|!=|<=|>=|[<>()\[\],+-])"
)
MAX_LENGTH = 1000
MAX_DEPTH = 32


class ConditionError(ValueError):
    """A condition that cannot be read or does not fit the vocabulary. `column` counts from 1."""

    def __init__(self, code: str, column: int, accepted: str = "", **params: object) -> None:
        super().__init__(f"column {column}: {code} {params or ''}")
        self.code, self.column, self.accepted, self.params = code, column, accepted, params


@dataclass(frozen=True, slots=True)
class Literal:
    value: bool | int | float | str | timedelta
    column: int


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    argument: Node
    column: int


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node
    column: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two operands: `and`, `or`, a comparison, `+` or `-`."""

    operator: str
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Among:
    """`operand in [choices]`."""

    operand: Node
    choices: tuple[Literal, ...]
    column: int


Node = Literal | Name | Call | Not | Pair | Among


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def _tokenise(text: str) -> list[_Token]:
    if len(text) > MAX_LENGTH:
        raise ConditionError("condition_too_long", MAX_LENGTH, accepted=f"≤ {MAX_LENGTH}")
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError("unknown_character", at + 1, character=text[at])
        kind = match.lastgroup or ""
        if kind != "space":
            word = match[0]
            tokens.append(_Token("word" if kind == "name" and word in _WORDS else kind, word, at + 1))
        at = match.end()
    tokens.append(_Token("end", "", len(text) + 1))
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokenise(text)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> _Token | None:
        token = self.next
        if token.kind in ("sign", "word") and token.text in texts:
            self.at += 1
            return token
        return None

    def expect(self, text: str) -> None:
        if self.take(text) is None:
            raise ConditionError("expected", self.next.column, accepted=text, found=self.next.text)

    def whole(self) -> Node:
        node = self.either()
        if self.next.kind != "end":
            accepted = "and, or, in, " + ", ".join(COMPARISONS)
            raise ConditionError("unexpected", self.next.column, accepted=accepted, found=self.next.text)
        return node

    def either(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionError(
                "condition_too_deep", self.next.column, accepted=f"at most {MAX_DEPTH} levels"
            )
        node = self.both()
        while token := self.take("or"):
            node = Pair("or", node, self.both(), token.column)
        self.depth -= 1
        return node

    def both(self) -> Node:
        node = self.negated()
        while token := self.take("and"):
            node = Pair("and", node, self.negated(), token.column)
        return node

    def negated(self) -> Node:
        signs = []
        while token := self.take("not"):
            signs.append(token)
        node = self.test()
        for token in reversed(signs):
            node = Not(node, token.column)
        return node

    def test(self) -> Node:
        left = self.sum()
        if token := self.take(*COMPARISONS):
            return Pair(token.text, left, self.sum(), token.column)
        if token := self.take("not"):
            self.expect("in")
            return Not(Among(left, self.choices(), token.column), token.column)
        if token := self.take("in"):
            return Among(left, self.choices(), token.column)
        return left

    def choices(self) -> tuple[Literal, ...]:
        self.expect("[")
        found = [self.literal()]
        while self.take(","):
            found.append(self.literal())
        self.expect("]")
        return tuple(found)

    def sum(self) -> Node:
        node = self.term()
        while token := self.take("+", "-"):
            node = Pair(token.text, node, self.term(), token.column)
        return node

    def literal(self) -> Literal:
        node = self.term()
        if not isinstance(node, Literal):
            raise ConditionError("expected", node.column, accepted='"H", 3, 5 days')
        return node

    def term(self) -> Node:
        token = self.next
        if self.take("("):
            node = self.either()
            self.expect(")")
            return node
        if self.take("-"):
            value = self.literal().value
            if isinstance(value, bool | str | timedelta):
                raise ConditionError("expected", token.column, accepted="3")
            return Literal(-value, token.column)
        if word := self.take("true", "false"):
            return Literal(word.text == "true", word.column)
        self.at += 1
        if token.kind == "text":
            return Literal(token.text[1:-1], token.column)
        if token.kind == "number":
            return self.number(token)
        if token.kind == "name":
            return self.name(token)
        self.at -= 1
        raise ConditionError("expected", token.column, accepted='visits, "H", 3', found=token.text)

    def number(self, token: _Token) -> Literal:
        value: int | float = float(token.text) if "." in token.text else int(token.text)
        if self.next.kind != "name":
            return Literal(value, token.column)
        unit = _SPAN_UNITS.get(self.next.text.removesuffix("s"))
        if unit is None:
            accepted = ", ".join(f"{name}s" for name in _SPAN_UNITS)
            raise ConditionError("unknown_unit", self.next.column, accepted=accepted, found=self.next.text)
        self.at += 1
        try:
            return Literal(value * unit, token.column)
        except OverflowError as error:
            raise ConditionError("number_too_large", token.column, found=token.text) from error

    def name(self, token: _Token) -> Node:
        if not self.take("("):
            return Name(token.text, token.column)
        if token.text not in FUNCTIONS:
            accepted = ", ".join(FUNCTIONS)
            raise ConditionError("unknown_function", token.column, accepted=accepted, found=token.text)
        argument = self.either()
        self.expect(")")
        return Call(token.text, argument, token.column)


def parse(text: str) -> Node:
    """Read a condition. Raises `ConditionError` with the column of the first thing that is wrong."""
    return _Parser(text).whole()
