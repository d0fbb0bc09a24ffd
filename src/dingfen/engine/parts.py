"""Small typed values that all topics of a pack are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic_core import core_schema

from dingfen.engine.conditions import Condition, Scope, compile_condition
from dingfen.engine.durations import Duration, format_length, parse_length
from dingfen.engine.errors import refused
from dingfen.engine.syntax import ConditionError
from dingfen.engine.vocabulary import facts_of

SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ARTICLE_ID = r"^[A-Z][A-Z0-9]*-[0-9]+[a-z]?$"


class Part(BaseModel):
    """Anything in a pack: frozen, unknown keys refused. Validators are built at first use."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


Slug = Annotated[str, Field(pattern=SLUG, max_length=60)]
ArticleId = Annotated[str, Field(pattern=ARTICLE_ID, max_length=20)]


class Text(Part):
    """A text for people, in both languages."""

    zh: Annotated[str, Field(min_length=1, max_length=4000)]
    en: Annotated[str, Field(min_length=1, max_length=4000)]


class Floor(Part):
    """What the law demands of a length or a number; a company may only be stricter. `law` cites it.

    It counts in its `jurisdiction` and `region`; left out, wherever the pack applies.
    """

    law: Text
    at_least: str | int | None = None
    at_most: str | int | None = None
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    region: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,3}$")] | None = None
    unverified: bool | None = None

    @model_validator(mode="after")
    def _is_a_limit(self) -> Floor:
        limits = [limit for limit in (self.at_least, self.at_most) if limit is not None]
        if not limits:
            raise refused("one_of", accepted="at_least, at_most")
        for limit in limits:
            if isinstance(limit, str):
                parse_length(limit)
        return self


class Ruled(Part):
    """An executable part: it names its article, and may carry a value still to be verified."""

    article: ArticleId
    unverified: bool = False
    floor: Floor | None = None


class Named(Ruled):
    """An executable part that rulings, scenarios and comparisons speak of by its id."""

    id: Slug


def _within_reach(value: Any) -> Any:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise refused("out_of_range", accepted=f"{FIRST_YEAR}-01-01 … {LAST_YEAR}-12-31")
    return value


# Moments and days of stories: far enough from the ends of the calendar for any length to be added.
FIRST_YEAR, LAST_YEAR = 1900, 2999
Moment = Annotated[datetime, AfterValidator(_within_reach)]
Day = Annotated[date, AfterValidator(_within_reach)]


class _ConditionIn:
    """Pydantic marker: a text compiled in one scope; serialised as its text again."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(lambda c: c.text)
        )

    def _read(self, value: Any) -> Condition:
        if isinstance(value, bool):
            value = str(value).lower()
        if not isinstance(value, str):
            raise refused("not_a_condition", accepted='"visits > 2"', found=type(value).__name__)
        try:
            return compile_condition(value.strip(), self.scope)
        except ConditionError as error:
            raise refused(error.code, error.accepted, offset=error.column - 1, **error.params) from error


CaseCondition = Annotated[Condition, _ConditionIn("case")]
ClaimCondition = Annotated[Condition, _ConditionIn("claim")]
CustomerCondition = Annotated[Condition, _ConditionIn("customer")]
RulingCondition = Annotated[Condition, _ConditionIn("ruling")]
ComplaintCondition = Annotated[Condition, _ConditionIn("complaint")]
IncidentCondition = Annotated[Condition, _ConditionIn("incident")]
ConductCondition = Annotated[Condition, _ConditionIn("conduct")]
CareCondition = Annotated[Condition, _ConditionIn("care")]


class _ReadsText(Part):
    """A part written as one word of text in YAML and kept as fields."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        return cls.read(data) if isinstance(data, str) else data

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        raise refused("wrong_type", found=text)


class Money(_ReadsText):
    """`100 CNY`: an amount with its ISO 4217 currency."""

    amount: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        match = re.fullmatch(r"\s*(\d+(?:\.\d{1,2})?)\s+([A-Z]{3})\s*", text)
        if match is None:
            raise refused("not_an_amount", accepted="100 CNY", found=text)
        return {"amount": match[1], "currency": match[2]}

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


class Preference(_ReadsText):
    """`min(registered_at)`: the claim with the least or greatest value of a fact."""

    extreme: Literal["min", "max"]
    fact: str

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        extreme, fact = _function(text, ("min", "max"), "min(registered_at), max(visits)")
        return {"extreme": extreme, "fact": fact}

    @model_validator(mode="after")
    def _known(self) -> Preference:
        _claim_fact(self.fact, ("number", "moment", "span"))
        return self

    def __str__(self) -> str:
        return f"{self.extreme}({self.fact})"


class Points(_ReadsText):
    """`1`, `-2`, or a range `-3..3` for points people judge."""

    low: Annotated[int, Field(ge=-100, le=100)]
    high: Annotated[int, Field(ge=-100, le=100)]

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, data: Any) -> Any:
        if isinstance(data, int) and not isinstance(data, bool):
            return {"low": data, "high": data}
        return data

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        match = re.fullmatch(r"\s*(-?\d+)\s*\.\.\s*(-?\d+)\s*", text)
        if match is None or int(match[1]) >= int(match[2]):
            raise refused("not_points", accepted="1, -2, -3..3", found=text)
        return {"low": match[1], "high": match[2]}

    @property
    def is_range(self) -> bool:
        return self.low != self.high

    def __str__(self) -> str:
        return f"{self.low}..{self.high}" if self.is_range else f"{self.low:+d}"


def _read_span(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    amount, unit = parse_length(value)
    spans = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
    if unit not in spans:
        raise refused("not_a_span", accepted="30 minutes, 24 hours, 1 day", found=value)
    return amount * spans[unit]


def write_span(value: timedelta) -> str:
    """A plain span as rules write it: `1 day`, `30 minutes`."""
    days, rest = divmod(value, timedelta(days=1))
    if not rest:
        return format_length(days, "days")
    return format_length(value // timedelta(minutes=1), "minutes")


# A plain span before or after a moment (a reminder), where no counting of days is in question.
Span = Annotated[timedelta, BeforeValidator(_read_span), PlainSerializer(write_span)]


def _function(text: str, names: tuple[str, ...], accepted: str) -> tuple[str, str]:
    match = re.fullmatch(r"\s*(\w+)\((.*)\)\s*", text, re.DOTALL)
    if match is None or match[1] not in names:
        raise refused("not_a_choice_of_claim", accepted=accepted, found=text)
    return match[1], match[2].strip()


def _claim_fact(name: str, types: tuple[str, ...]) -> None:
    fact = facts_of("claim").get(name)
    if fact is None:
        raise refused("unknown_fact", accepted=", ".join(sorted(facts_of("claim"))), fact=name)
    if fact.type not in types:
        raise refused("wrong_type", accepted=", ".join(types), fact=name, found=fact.type)


class Recipient(_ReadsText):
    """Who earns a line's points: `max(visits)`, `min(first_touch_at)`, `each(cards > 0)`, `value(fact)`."""

    kind: Literal["min", "max", "each", "value"]
    fact: str | None = None
    each: ClaimCondition | None = None

    @classmethod
    def read(cls, text: str) -> dict[str, Any]:
        kind, inner = _function(
            text, ("min", "max", "each", "value"), "max(visits), min(first_touch_at), each(cards > 0)"
        )
        return {"kind": kind, "each": inner} if kind == "each" else {"kind": kind, "fact": inner}

    @model_validator(mode="after")
    def _known(self) -> Recipient:
        if self.kind == "each":
            if self.each is None:
                raise refused("not_a_choice_of_claim", accepted="each(cards > 0)")
        elif self.fact is None:
            raise refused("not_a_choice_of_claim", accepted="max(visits)")
        else:
            _claim_fact(self.fact, ("number",) if self.kind == "value" else ("number", "moment", "span"))
        return self

    @property
    def facts(self) -> frozenset[str]:
        return self.each.uses if self.each else frozenset({self.fact or ""})

    def __str__(self) -> str:
        return f"{self.kind}({self.each.text if self.each else self.fact})"


def walk(part: Part, path: str) -> Iterator[tuple[str, Part]]:
    """Each part of a pack with its dotted path, outermost first. Keys are as YAML writes them."""
    yield path, part
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        key = f"{path}.{field.alias or name}"
        if isinstance(value, Part):
            yield from walk(value, key)
        elif isinstance(value, tuple):
            for index, each in enumerate(value):
                if isinstance(each, Part):
                    yield from walk(each, f"{key}.{index}")


def own_conditions(part: Part) -> Iterator[Condition]:
    """The conditions written in a part itself."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Condition):
            yield value


def conditions_in(part: Part) -> Iterator[Condition]:
    """Each condition written anywhere in a part."""
    for _, each in walk(part, ""):
        yield from own_conditions(each)


__all__ = [
    "ARTICLE_ID",
    "SLUG",
    "ArticleId",
    "CareCondition",
    "CaseCondition",
    "ClaimCondition",
    "ComplaintCondition",
    "Condition",
    "ConductCondition",
    "CustomerCondition",
    "Duration",
    "IncidentCondition",
    "Money",
    "Named",
    "Part",
    "Points",
    "Preference",
    "Recipient",
    "Ruled",
    "RulingCondition",
    "Slug",
    "Span",
    "Text",
    "conditions_in",
    "own_conditions",
    "walk",
]  # fmt: skip
