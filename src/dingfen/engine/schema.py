"""A policy pack: numbered articles people read, and the parts the machine runs."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.errors import refused
from dingfen.engine.ownership import Ownership
from dingfen.engine.parts import ArticleId, Part, Ruled, Slug, Text, walk

TOPICS = ("ownership", "calendar")
Source = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .:/-]{0,59}$")]


class Article(Part):
    """A clause of the rule book. `source` names the document its rule was taken from."""

    id: ArticleId
    title: Text
    text: Text
    chapter: Text | None = None
    source: tuple[Source, ...] = ()
    note: Text | None = None
    unverified: bool = False


class Pack(Part):
    """One version of a policy. `in_force_from` is set when it is published."""

    id: Slug
    title: Text
    version: Annotated[str, Field(pattern=r"^\d+(\.\d+){1,2}$")]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
    in_force_from: date | None = None
    display_names: dict[Literal["unit", "site", "salesperson", "head"], Text] = {}
    articles: Annotated[tuple[Article, ...], Field(min_length=1)]
    ownership: Ownership
    calendar: CalendarForm | None = None

    @model_validator(mode="after")
    def _articles_exist(self) -> Pack:
        known = [article.id for article in self.articles]
        twice = sorted({article for article in known if known.count(article) > 1})
        if twice:
            raise refused("duplicate_article", article=", ".join(twice))
        for path, part in walk(self.ownership, "ownership"):
            if isinstance(part, Ruled) and part.article not in known:
                raise refused("unknown_article", ", ".join(known), article=part.article, at=f"{path}.article")
        return self

    @cached_property
    def article_index(self) -> dict[str, Article]:
        """Articles by id."""
        return {article.id: article for article in self.articles}
