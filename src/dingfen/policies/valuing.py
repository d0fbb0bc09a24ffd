"""Changing values of a rule book being written, by form or by the API: the source keeps its comments and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from pydantic import ValidationError

from dingfen.accounts.actor import Actor
from dingfen.engine.durations import Duration
from dingfen.engine.errors import PackErrors
from dingfen.engine.extending import Bases
from dingfen.engine.load import load_pack, read_files
from dingfen.engine.rewriting import NotRewritable, rewritten
from dingfen.engine.sources import Path, Source
from dingfen.engine.values import Group, Value, groups, sections
from dingfen.policies.bases import bases_of
from dingfen.policies.editing import SCENARIOS, keep, lock_source
from dingfen.policies.findings import error_text
from dingfen.policies.models import PolicySource
from dingfen.problems import conflict, invalid, missing

Faults = dict[str, list[tuple[str, Mapping[str, Any]]]]


@dataclass(frozen=True)
class Form:
    """What a source has to fill in: its plain data, and per topic the keys with values under them."""

    source: Source
    sections: dict[str, list[str]]

    def groups(self, topic: str, section: str) -> list[Group]:
        """The parts of one section. Raises Problem (404) where there is none."""
        if section not in self.sections.get(topic, ()):
            raise missing()
        return groups(self.source.data, topic, section)

    def values(self) -> dict[str, Value]:
        """Every value there is, by its dotted key."""
        return {
            dotted(value.path): value
            for topic, keys in self.sections.items()
            for key in keys
            for group in groups(self.source.data, topic, key)
            for value in group.values
        }


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


def form_of(texts: Mapping[str, str]) -> Form | None:
    """The form of a pack's files, None while one of them can't be read as YAML."""
    source, errors = read_files(_own(texts))
    if errors:
        return None
    try:
        return Form(source, sections(source.data))
    except (AttributeError, TypeError, KeyError):
        return None  # a list where keys belong, and the like: the check says so


def _own(texts: Mapping[str, str]) -> dict[str, str]:
    return {
        name: text
        for name, text in texts.items()
        if name.endswith(".yaml") and not name.startswith(SCENARIOS)
    }


def same(value: Value, given: Any) -> bool:
    """Whether what is given says what holds already."""
    return bool(_meaning(value, value.holds) == _meaning(value, given))


def _meaning(value: Value, plain: Any) -> Any:
    if value.kind == "length" and plain is not None:
        try:
            return Duration.model_validate(plain)
        except ValidationError:
            return plain
    if value.kind in ("days", "names", "some") and isinstance(plain, list):
        return [str(each) for each in plain]
    return str(plain) if value.kind in ("points", "amount", "text") and plain is not None else plain


def with_values(texts: Mapping[str, str], given: Mapping[str, Any], bases: Bases) -> dict[str, str]:
    """The files with these values (dotted key → plain data, None takes it out) in place.

    Raises Problem 422 with what is wrong by key: `value.unknown`, `value.required`, `value.wrong` (in words),
    `value.by_hand` where the text has to be edited.
    """
    form = form_of(texts)
    if form is None:
        raise invalid({"": [("value.unread", {})]})
    known = form.values()
    changes: dict[str, dict[Path, Any]] = {}
    faults: Faults = {}
    for key, plain in given.items():
        value = known.get(key)
        if value is None:
            faults[key] = [("value.unknown", {})]
        elif plain is None and value.required:
            faults[key] = [("required", {})]
        elif not same(value, plain):
            changes.setdefault(form.source.place(value.path).file, {})[value.path] = plain
    made = dict(texts)
    for name, some in changes.items():
        try:
            made[name] = rewritten(texts[name], some)
        except NotRewritable:
            faults |= {dotted(path): [("value.by_hand", {})] for path in some}
    faults |= _new_errors(texts, made, [path for some in changes.values() for path in some], bases)
    if faults:
        raise invalid(faults)
    return made


def _new_errors(
    before: Mapping[str, str], after: Mapping[str, str], changed: list[Path], bases: Bases
) -> Faults:
    """What no longer reads, each at the value nearest to it."""
    old = {(each.key, each.message_code) for each in _errors(before, bases)} if changed else set()
    faults: Faults = {}
    for error in _errors(after, bases) if changed else ():
        if (error.key, error.message_code) not in old:
            near = max(changed, key=lambda path: _shared(dotted(path), error.key))
            faults.setdefault(dotted(near), []).append(("value.wrong", {"text": error_text(error)}))
    return faults


def _shared(one: str, other: str) -> int:
    steps = zip(one.split("."), other.split("."), strict=False)
    return next(
        (count for count, (a, b) in enumerate(steps) if a != b), min(one.count("."), other.count(".")) + 1
    )


def _errors(texts: Mapping[str, str], bases: Bases) -> tuple[Any, ...]:
    try:
        load_pack(_own(texts), bases)
    except PackErrors as found:
        return found.errors
    return ()


@transaction.atomic
def change_values(
    *,
    actor: Actor,
    at: datetime,
    source_uid: UUID | str,
    given: Mapping[str, Any],
    version: int | None = None,
) -> PolicySource:
    """Put values into a source and keep it. Raises Problem 403, 404, 409 `version.stale`, 422 as `with_values`."""
    source = lock_source(actor, source_uid)
    if version is not None and version != source.version:
        raise conflict("version.stale")
    return keep(source, with_values(source.files, given, bases_of(source.company_id)), at)
