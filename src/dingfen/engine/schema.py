"""A policy pack: numbered articles people read, and the parts the machine runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from dingfen.engine.errors import refused
from dingfen.engine.ownership import Ownership
from dingfen.engine.parts import ArticleId, Part, Ruled, Slug, Text

TOPICS = ("ownership",)
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
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_+-]+)*$")]
    in_force_from: date | None = None
    display_names: dict[Literal["unit", "site", "salesperson", "head"], Text] = {}
    articles: Annotated[tuple[Article, ...], Field(min_length=1)]
    ownership: Ownership

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
