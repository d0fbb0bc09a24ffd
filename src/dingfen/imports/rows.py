"""Rows of a table read under a mapping: values by field, or what is wrong with which column."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from dingfen.imports.fields import Field, fields_of
from dingfen.imports.mapping import Mapping
from dingfen.imports.reading import Table
from dingfen.imports.values import CellError, choice, clean, count, flag, folded, moment, money


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a row: the column as the file calls it, its value, a code with parameters."""

    column: str
    value: str
    code: str
    params: MappingOf[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "value": self.value[:60],
            "code": self.code,
            "params": dict(self.params),
        }


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the row of the file (as a spreadsheet counts), `values` by field; empty cells are absent."""

    number: int
    values: MappingOf[str, Any]
    faults: tuple[Fault, ...] = ()
    raw: MappingOf[str, str] = field(default_factory=dict)

    def get(self, name: str, default: Any = "") -> Any:
        return self.values.get(name, default)


class Reader:
    """Reads the rows of one table."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table, self.mapping = table, mapping
        self.fields = fields_of(mapping.kind)
        self.places = {name: table.columns.index(column) for name, column in mapping.columns.items()}
        self.zone = ZoneInfo(mapping.dates.zone)
        self.words = {
            name: {folded(theirs): ours for theirs, ours in words.items()}
            for name, words in mapping.values.items()
        }

    def rows(self, start: int, stop: int) -> Iterator[Row]:
        """The rows at these places of the table (0 is the first one after the header)."""
        for place in range(start, min(stop, len(self.table.rows))):
            yield self._row(self.table.numbers[place], self.table.rows[place])

    def word(self, name: str, text: str) -> str:
        """A cell's text, with the mapping's word put for the file's."""
        text = clean(text)
        return self.words.get(name, {}).get(folded(text), text)

    def column_of(self, name: str) -> str:
        """The file's column of a field, or the field's label where it has none."""
        return self.mapping.columns.get(name) or str(self.fields[name].label)

    def fault(self, row: Row, name: str, code: str, /, **params: Any) -> Fault:
        """A fault of a field of a row, found after reading."""
        return Fault(self.column_of(name), row.raw.get(name, ""), code, params)

    def _row(self, number: int, cells: list[str]) -> Row:
        values: dict[str, Any] = {}
        raw: dict[str, str] = {}
        faults: list[Fault] = []
        for name, one in self.fields.items():
            cell = cells[self.places[name]] if name in self.places else ""
            text = cell.strip() if one.type == "verbatim" else clean(cell)
            text = text or self.mapping.defaults.get(name, "")
            raw[name] = text
            if not text:
                if one.required:
                    faults.append(Fault(self.column_of(name), "", "cell.required"))
                continue
            try:
                values[name] = self._value(one, text)
            except CellError as error:
                faults.append(Fault(self.column_of(name), text, error.code, error.params))
        return Row(number, values, tuple(faults), raw)

    def _value(self, one: Field, text: str) -> Any:
        if one.type == "verbatim":
            return _short(text, one)
        text = self.word(one.name, text)
        dates = self.mapping.dates
        if one.type == "moment":
            return moment(text, dates.order, self.zone, dates.time_of_day)
        if one.type == "money":
            return money(text)
        if one.type == "count":
            return count(text)
        if one.type == "flag":
            return flag(text)
        if one.type == "choice":
            return choice(text, one.choices)
        return _short(text, one)


def _short(text: str, one: Field) -> str:
    if len(text) > one.limit:
        raise CellError("cell.long", limit=one.limit)
    return text
