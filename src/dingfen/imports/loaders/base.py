"""What the loaders share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.imports.people import People
from dingfen.imports.rows import Fault, Reader, Row
from dingfen.imports.values import CellError
from dingfen.problems import Problem

State = Literal["done", "failed", "skipped"]
R = TypeVar("R")


@dataclass(slots=True)
class Outcome:
    """What became of a row: `made` lists (type, uid) of what it created; `skipped` rows changed nothing.

    `found` counts what came to light with it, for the report.
    """

    row: Row
    state: State
    made: list[tuple[str, UUID]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Context:
    """`actor` has the system's rights under the name of who imports, whose own rights were checked before.

    `prefix` begins the name of every row (`import_row`), so that what an import made can be found again.
    """

    actor: Actor
    at: datetime
    company: Unit
    unit: Unit
    reader: Reader
    people: People
    prefix: str

    def import_row(self, row: Row) -> str:
        return f"{self.prefix}:{row.number}"


class Loader(ABC):
    """Turns rows into what they say, for one kind of file."""

    # field names of actions → fields of the file
    RENAMED: Mapping[str, str] = {}

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def load(self, rows: Sequence[Row]) -> list[Outcome]:
        """Load the rows in order; a row that fails leaves nothing behind."""

    def fault(self, row: Row, name: str, code: str, params: Mapping[str, Any]) -> Fault:
        if name not in self.context.reader.fields:
            return Fault("", "", code, params)
        return self.context.reader.fault(row, name, code, **params)

    def faults_of(self, row: Row, problem: Problem) -> list[Fault]:
        """A refusal of an action as faults of the row's columns."""
        if not problem.errors:
            return [Fault("", "", problem.code, _plain(problem.params))]
        return [
            self.fault(row, self.RENAMED.get(name, name), code, _plain(params))
            for name, errors in problem.errors.items()
            for code, params in errors
        ]

    def person(self, row: Row, name: str) -> Staff:
        """The member of staff a field names. Raises CellRefusal."""
        try:
            return self.context.people.find(str(row.get(name)))
        except CellError as error:
            raise CellRefusal(name, error.code, **error.params) from error

    def attempt(self, row: Row, read: Callable[[Row], R]) -> R | Outcome:
        """What the row gives, within a savepoint; or how it failed, with nothing left behind."""
        if row.faults:
            return Outcome(row, "failed", faults=list(row.faults))
        try:
            with transaction.atomic():
                return read(row)
        except CellRefusal as refusal:
            fault = self.fault(row, refusal.field, refusal.code, refusal.params)
            return Outcome(row, "failed", faults=[fault])
        except Problem as problem:
            return Outcome(row, "failed", faults=self.faults_of(row, problem))
        except IntegrityError:
            return Outcome(row, "failed", faults=[Fault("", "", "row.race")])


class RowLoader(Loader):
    """Loads rows one by one, each within a savepoint."""

    def load(self, rows: Sequence[Row]) -> list[Outcome]:
        return [self.attempt(row, self.finish_row) for row in rows]

    @abstractmethod
    def finish_row(self, row: Row) -> Outcome:
        """Write one row that reads well. May raise Problem, CellRefusal or IntegrityError."""


class CellRefusal(Exception):
    """A field of a row cannot be used: found while loading, not while reading."""

    def __init__(self, name: str, code: str, /, **params: Any) -> None:
        super().__init__(code)
        self.field = name
        self.code = code
        self.params = params


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON can keep them."""
    return {name: _json(value) for name, value in params.items()}


def _json(value: Any) -> Any:
    if isinstance(value, int | float | str | list | None):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
