"""A draft as the files of a pack folder. What the text says in one language stands for both until it is written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ruamel.yaml import YAML

from dingfen.policies.draft_rules import both, rules_of

Json = Mapping[str, Any]
LEFT = """# 以下内容暂时只在条文里：制度语言没有对应的位置，或缺少写成规则所需的事实。供人阅读，机器不执行。
# What follows stands in the articles only: the language has no place for it yet, or the text leaves out what a
# rule needs. People read it; the machine does not run it.
"""
OPEN = """# 以下建议尚未经人确认，还不是规则。
# Nobody has agreed to these proposals yet; none of them is a rule.
"""


def files(
    title: str, source: str, articles: Sequence[Json], proposals: Iterable[Json], *, agreed: bool = True
) -> dict[str, str]:
    """`pack.yaml`, `articles.yaml`, a file for each topic with what was accepted, `proposals.yaml` with what stays
    text for now: name → text. Of proposals nobody has `agreed` to yet, none becomes a rule.
    """
    written = rows(articles, source) or [("", _only(title))]
    given, ids = list(proposals), {of: row["id"] for of, row in written}
    texts = {one["id"]: one["text"] for one in articles}
    rules, left = rules_of(given, ids, texts, agreed=agreed)
    parts: dict[str, Any] = {
        "pack.yaml": {
            "id": "draft", "title": {"zh": title, "en": title}, "version": "0.1", "jurisdiction": "CN",
        },
        "articles.yaml": {"articles": [row for _, row in written]},
        **{f"{topic}.yaml": {topic: each} for topic, each in sorted(rules.items())},
    }  # fmt: skip
    found = {name: to_yaml(content) for name, content in parts.items()}
    return found | {
        "proposals.yaml": (LEFT if agreed else OPEN) + to_yaml({"proposals": [dict(one) for one in left]})
    }


def _only(title: str) -> dict[str, Any]:
    """The one article of a text that has none."""
    return {"id": "ART-1", "title": both(title), "text": both(title)}


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
    yaml.representer.ignore_aliases = lambda data: (
        True
    )  # a pack has no anchors: what two parts share is written twice
    yaml.dump(content, stream)
    return stream.getvalue()


def rows(articles: Sequence[Json], source: str) -> list[tuple[str, dict[str, Any]]]:
    """Articles as `articles.yaml` holds them, each with its id in the text; a heading alone becomes the chapter
    of what follows.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    name = re.sub(r"[^A-Za-z0-9 .:/-]", "", PurePath(source).stem).strip(" .:/-") or "text"
    chapter = ""
    for article in articles:
        if not article["text"]:
            continue
        if len(article["path"]) == 1 and article["heading"] == article["text"]:
            chapter = f"{article['path'][0]} {article['heading']}"
            continue
        title = (
            article["heading"]
            or re.split("[，。]", article["text"].strip(" ，。"))[0][:20]
            or article["text"][:20]
        )
        row: dict[str, Any] = {"id": f"ART-{len(found) + 1}", "title": both(title)}
        if chapter:
            row["chapter"], chapter = both(chapter), ""
        row |= {
            "text": both(article["text"][:4000]),
            "source": [f"{name[:40]} {re.sub(r'[^A-Za-z0-9./-]', '-', article['id'])}"],
        }
        found.append((article["id"], row))
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
