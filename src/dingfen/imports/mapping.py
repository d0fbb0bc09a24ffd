"""Which column is which field: the mapping as a document (YAML), checked, and guessed from a table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as MappingOf
from io import StringIO
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from dingfen.imports.fields import KINDS, Kind, fields_of
from dingfen.imports.reading import Table
from dingfen.imports.values import CellError, Order, folded, moment
from dingfen.problems import invalid

LOOKED_AT = 50
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Dates(BaseModel):
    """How dates without a clear order, zone or time are to be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    order: Order = "year-first"
    zone: str = "Asia/Shanghai"
    time_of_day: dt.time = dt.time(9, 0)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except Exception as error:
            raise PydanticCustomError("map.zone", "no such zone") from error
        return zone


class Mapping(BaseModel):
    """`columns`: our field → their column. `values`: our field → {their word: our word}. `defaults`: our
    field → what an empty cell or a missing column stands for. `duplicates`: what happens to a row whose
    customer is there already. `unknown_customers`: of touches and deals. `general_manager`: of staff, whom
    to make one when the company has none. `body`: of complaints, what the system is called whose numbers
    the file has.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    kind: Annotated[Kind, Field(alias="import")]
    columns: dict[str, str]
    values: dict[str, dict[str, str]] = {}
    defaults: dict[str, str] = {}
    dates: Dates = Dates()
    duplicates: Literal["skip", "update", "create"] = "skip"
    unknown_customers: Literal["refuse", "create"] = "refuse"
    general_manager: str = ""
    body: Annotated[str, Field(max_length=40)] = "import"

    @model_validator(mode="after")
    def _fields_exist(self) -> Mapping:
        known = fields_of(self.kind)
        for name in (*self.columns, *self.values, *self.defaults):
            if name not in known:
                raise PydanticCustomError("map.field", "unknown field", {"field": name, "known": list(known)})
        return self


def parse(text: str) -> Mapping:
    """A mapping from YAML. Raises Problem (422) with the key at fault; a line where YAML itself is broken."""
    try:
        document = YAML(typ="safe", pure=True).load(StringIO(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise invalid({"map": [("map.yaml", {"line": line})]}, "map.invalid") from error
    return checked(document)


def checked(document: Any) -> Mapping:
    """A mapping from plain data. Raises Problem `map.invalid` (422), faults by key."""
    if not isinstance(document, dict):
        raise invalid({"map": [("map.yaml", {"line": 1})]}, "map.invalid")
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        raise invalid(_faults(error), "map.invalid") from error


def _faults(error: ValidationError) -> dict[str, list[tuple[str, MappingOf[str, Any]]]]:
    faults: dict[str, list[tuple[str, MappingOf[str, Any]]]] = {}
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(step) for step in one["loc"]) or "map"
        given = one.get("ctx") or {}
        code = str(one["type"])
        if code == "literal_error":
            code, given = "map.choice", {"expected": str(given.get("expected", "")).replace("'", "")}
        elif code == "missing":
            code = "map.missing"
        elif not code.startswith("map."):
            code = "map.wrong"
        faults.setdefault(place, []).append((code, given))
    return faults


def dump(mapping: Mapping) -> dict[str, Any]:
    """Plain data that `checked` reads back."""
    return mapping.model_dump(mode="json", by_alias=True)


def to_yaml(mapping: Mapping) -> str:
    """The mapping as a file to keep and use again."""
    out = StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.dump({name: value for name, value in dump(mapping).items() if value not in ({}, None)}, out)
    return out.getvalue()


def fit(mapping: Mapping, table: Table) -> None:
    """Raise Problem `map.invalid` where the table lacks a column, or a required field has none."""
    faults: dict[str, list[tuple[str, MappingOf[str, Any]]]] = {}
    for name, column in mapping.columns.items():
        if column not in table.columns:
            faults[f"columns.{name}"] = [("map.column", {"column": column, "columns": list(table.columns)})]
    for one in KINDS[mapping.kind]:
        if one.required and one.name not in mapping.columns and one.name not in mapping.defaults:
            faults[f"columns.{one.name}"] = [("map.required", {"label": one.label})]
    if faults:
        raise invalid(faults, "map.invalid")


def guess(kind: Kind, table: Table) -> Mapping:
    """The likeliest mapping: by the names of the columns, then by what is in them."""
    taken: dict[str, str] = {}
    named = {folded(column): column for column in table.columns}
    for one in KINDS[kind]:
        for name in one.names:
            column = named.get(folded(name))
            if column is not None and column not in taken.values():
                taken[one.name] = column
                break
    known = fields_of(kind)
    for index, column in enumerate(table.columns):
        if column in taken.values():
            continue
        found = _by_content([row[index] for row in table.rows[:LOOKED_AT] if row[index].strip()])
        if found in known and found not in taken:
            taken[found] = column
    return Mapping.model_validate(
        {"import": kind, "columns": taken, "dates": {"order": _order(taken, table, kind)}}
    )


def _by_content(cells: list[str]) -> str:
    """The field whose form most of these cells have; empty when none fits nine in ten."""
    if not cells:
        return ""
    for name, form in (("phone", _PHONE), ("email", _EMAIL)):
        if sum(form.fullmatch(cell.strip()) is not None for cell in cells) >= 0.9 * len(cells):
            return name
    return ""


def _order(taken: MappingOf[str, str], table: Table, kind: Kind) -> Order:
    """The order under which every looked-at date can be read; year first when nothing speaks against it."""
    known = fields_of(kind)
    places = [table.columns.index(column) for name, column in taken.items() if known[name].type == "moment"]
    cells = [row[place] for row in table.rows for place in places if row[place].strip()][:5000]
    orders: tuple[Order, ...] = get_args(Order)
    return min(orders, key=lambda order: sum(not _reads(cell, order) for cell in cells))


def _reads(cell: str, order: Order) -> bool:
    try:
        moment(cell, order, ZoneInfo("UTC"), dt.time(9))
    except CellError:
        return False
    return True
