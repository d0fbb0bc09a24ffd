"""A policy pack: numbered articles people read, and the parts the machine runs, topic by topic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, overload

from pydantic import BaseModel, Field, model_validator

from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.care import Care
from dingfen.engine.complaints import Complaints
from dingfen.engine.conduct import Conduct
from dingfen.engine.errors import refused
from dingfen.engine.floors import LegalFloor
from dingfen.engine.incidents import Incidents
from dingfen.engine.indicators import Indicators
from dingfen.engine.names import roles_named
from dingfen.engine.ownership import Ownership
from dingfen.engine.parts import ArticleId, Part, Ruled, Slug, Text, walk
from dingfen.engine.publication import Publication
from dingfen.engine.roles import Roles, known_roles

# Each topic has its own file, its own module with its forms, and a key in `Pack`. A pack has at least one.
TOPICS: dict[str, type[BaseModel]] = {
    "ownership": Ownership,
    "complaints": Complaints,
    "incidents": Incidents,
    "conduct": Conduct,
    "care": Care,
    "indicators": Indicators,
    "roles": Roles,
    "calendar": CalendarForm,
}
VERSION = r"^\d+(\.\d+){1,2}$"
SOURCE = r"^[A-Za-z0-9][A-Za-z0-9 .:/-]{0,59}$"
JURISDICTION = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
Source = Annotated[str, Field(pattern=SOURCE)]
Jurisdiction = Annotated[str, Field(pattern=JURISDICTION)]


class MissingTopic(LookupError):
    """A pack has no rules on a topic; `topic` says which."""

    def __init__(self, pack: str, topic: str) -> None:
        super().__init__(f"{pack} has no {topic} rules")
        self.topic = topic


class Article(Part):
    """A clause of the rule book. `source` names the document its rule was taken from."""

    id: ArticleId
    title: Text
    text: Text
    chapter: Text | None = None
    source: tuple[Source, ...] = ()
    note: Text | None = None
    unverified: bool = False


class Period(Part):
    """The days an overlay is in force, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.last < self.first:
            raise refused("period_ends_first")
        return self


class Pack(Part):
    """One version of a policy. `in_force_from` is set when it is published.

    With `extends` the values of another pack are taken over. An `overlay` changes values of the pack it
    extends for a `period`, and nothing else.
    """

    id: Slug
    title: Text
    version: Annotated[str, Field(pattern=VERSION)]
    jurisdiction: Jurisdiction
    kind: Literal["overlay"] | None = None
    extends: Slug | None = None
    without: tuple[str, ...] | None = None
    period: Period | None = None
    in_force_from: date | None = None
    publication: Publication | None = None
    display_names: dict[Literal["unit", "site", "salesperson", "head"], Text] = {}
    articles: Annotated[tuple[Article, ...], Field(min_length=1)]
    floors: tuple[LegalFloor, ...] | None = None
    ownership: Ownership | None = None
    complaints: Complaints | None = None
    incidents: Incidents | None = None
    conduct: Conduct | None = None
    care: Care | None = None
    indicators: Indicators | None = None
    roles: Roles | None = None
    calendar: CalendarForm | None = None

    @model_validator(mode="after")
    def _has_a_topic(self) -> Pack:
        if not self.topics:
            raise refused("no_topic", accepted=", ".join(TOPICS))
        return self

    @model_validator(mode="after")
    def _overlay_is_whole(self) -> Pack:
        if self.kind == "overlay" and (self.extends is None or self.period is None):
            raise refused("overlay_incomplete", accepted="kind: overlay, extends, period", at="kind")
        if self.kind is None and self.period is not None:
            raise refused("overlay_incomplete", accepted="kind: overlay, extends, period", at="period")
        return self

    @model_validator(mode="after")
    def _articles_exist(self) -> Pack:
        known = [article.id for article in self.articles]
        twice = sorted({article for article in known if known.count(article) > 1})
        if twice:
            index = len(known) - 1 - known[::-1].index(twice[0])
            raise refused("duplicate_article", article=", ".join(twice), at=f"articles.{index}.id")
        for path, part in self.parts():
            if isinstance(part, Ruled) and part.article not in known:
                raise refused("unknown_article", ", ".join(known), article=part.article, at=f"{path}.article")
        return self

    @model_validator(mode="after")
    def _roles_exist(self) -> Pack:
        known = known_roles(self.roles)
        for topic in self.topics:
            form = getattr(self, topic)
            for where, name in roles_named(form, topic) if isinstance(form, Part) else ():
                if name not in known:
                    raise refused("unknown_role", accepted=", ".join(known), role=name, at=where)
        return self

    @cached_property
    def article_index(self) -> dict[str, Article]:
        """Articles by id."""
        return {article.id: article for article in self.articles}

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it has rules on."""
        return tuple(topic for topic in TOPICS if getattr(self, topic) is not None)

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Each part of every topic with its dotted path, as `walk` gives them."""
        for topic in TOPICS:
            form = getattr(self, topic)
            if isinstance(form, Part):
                yield from walk(form, topic)


def ownership_of(pack: Pack) -> Ownership:
    """The rules on ownership. Raises `MissingTopic` where a pack has none."""
    if pack.ownership is None:
        raise MissingTopic(pack.id, "ownership")
    return pack.ownership


def complaints_of(pack: Pack) -> Complaints:
    """The rules on complaints. Raises `MissingTopic` where a pack has none."""
    if pack.complaints is None:
        raise MissingTopic(pack.id, "complaints")
    return pack.complaints


@overload
def rules_of(pack: Pack, topic: Literal["incidents"]) -> Incidents: ...
@overload
def rules_of(pack: Pack, topic: Literal["conduct"]) -> Conduct: ...
@overload
def rules_of(pack: Pack, topic: Literal["care"]) -> Care: ...
@overload
def rules_of(pack: Pack, topic: Literal["indicators"]) -> Indicators: ...
@overload
def rules_of(pack: Pack, topic: Literal["roles"]) -> Roles: ...
def rules_of(pack: Pack, topic: str) -> Part:
    """The rules on a topic. Raises `MissingTopic` where a pack has none."""
    form = getattr(pack, topic)
    if not isinstance(form, Part):
        raise MissingTopic(pack.id, topic)
    return form


def value_at(pack: Pack, path: str) -> object:
    """What a pack says under a dotted key, None when nothing; parts of a list go by id or place.

    A key that names no topic is one of ownership.
    """
    steps = path.split(".")
    here: object = pack if steps[0] in TOPICS else pack.ownership
    for step in steps:
        if isinstance(here, tuple) and step.isdigit():
            here = here[int(step)] if int(step) < len(here) else None
        elif isinstance(here, tuple):
            here = next((part for part in here if getattr(part, "id", None) == step), None)
        else:
            here = getattr(here, step, None)
    return here
