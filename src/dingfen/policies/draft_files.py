"""A draft as the files of a pack folder. The English text and what was not accepted are still to be written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ruamel.yaml import YAML

Json = Mapping[str, Any]


def files(title: str, source: str, articles: Sequence[Json], proposals: Iterable[Json]) -> dict[str, str]:
    """`pack.yaml`, `articles.yaml`, `proposals.yaml`: name → text."""
    parts: dict[str, Any] = {
        "pack.yaml": {"id": "draft", "title": {"zh": title, "en": "Draft"}, "version": "0.1"},
        "articles.yaml": {"articles": rows(articles, source)},
        "proposals.yaml": {"proposals": [dict(one) for one in proposals]},
    }
    return {name: to_yaml(content) for name, content in parts.items()}


def zipped(content: Mapping[str, str]) -> bytes:
    """The files in one archive, the same bytes for the same content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return stream.getvalue()


def to_yaml(content: Any) -> str:
    """Data as YAML, long lines kept whole."""
    yaml, stream = YAML(), io.StringIO()
    yaml.width, yaml.allow_unicode = 100_000, True
    yaml.dump(content, stream)
    return stream.getvalue()


def rows(articles: Sequence[Json], source: str) -> list[dict[str, Any]]:
    """Articles as `articles.yaml` holds them; a heading alone becomes the chapter of what follows."""
    found: list[dict[str, Any]] = []
    chapter = ""
    for article in articles:
        if not article["text"]:
            continue
        if len(article["path"]) == 1 and article["heading"] == article["text"]:
            chapter = f"{article['path'][0]} {article['heading']}"
            continue
        title = article["heading"] or article["text"].split("，")[0].split("。")[0][:20]
        row: dict[str, Any] = {"id": f"ART-{len(found) + 1}", "title": {"zh": title, "en": ""}}
        if chapter:
            row["chapter"], chapter = {"zh": chapter, "en": ""}, ""
        row |= {
            "text": {"zh": article["text"], "en": ""},
            "source": [f"{PurePath(source).name} {article['id']}"],
        }
        found.append(row)
    return found


def accepted(findings: Iterable[Json]) -> list[dict[str, Any]]:
    """What a person said yes to: topic, key, value (as changed), the article and the words it rests on."""
    found = []
    for one in findings:
        if one["decision"] not in {"accepted", "changed"} or not one["proposal"]:
            continue
        value = one["changed"] if one["decision"] == "changed" else one["proposal"]["value"]
        found.append({**one["proposal"], "value": value, "article": one["article"], "text": one["text"]})
    return found
