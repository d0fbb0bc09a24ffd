"""The rules that judge history taken over from another system, and the books it is entered in."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from dingfen.accounts.actor import Actor
from dingfen.accounts.books import book_of
from dingfen.accounts.models import Unit
from dingfen.policies.judging import RulesOfTopic
from dingfen.policies.models import PolicyVersion
from dingfen.policies.queries import in_force, published
from dingfen.register.models import Book

R = TypeVar("R", bound=RulesOfTopic)


class PastRules(Generic[R]):
    """The rules of each unit at any time of the past, from one query a unit; and its book, asked once."""

    def __init__(self, rules: type[R], topic: str) -> None:
        self._of, self._topic = rules, topic
        self._versions: dict[int, list[PolicyVersion]] = {}
        self._rules: dict[tuple[int, int], R] = {}
        self._books: dict[int, Book] = {}

    def at(self, unit: Unit, moment: datetime) -> R | None:
        """The rules that judge imported history of that moment; None where none applies."""
        if unit.pk not in self._versions:
            self._versions[unit.pk] = published(unit.company_id or unit.pk, unit.path)
        version = in_force(self._versions[unit.pk], moment, imported=True, topic=self._topic)
        if version is None:
            return None
        key = (unit.pk, version.pk)
        if key not in self._rules:
            self._rules[key] = self._of.by_version(unit, version)
        return self._rules[key]

    def book(self, unit: Unit, actor: Actor, at: datetime) -> Book:
        """The register's book of a unit."""
        if unit.pk not in self._books:
            self._books[unit.pk] = book_of(unit, at=at, actor_id=actor.uid)
        return self._books[unit.pk]
