"""The reference of the language, made from the schema and the vocabulary, so that nothing goes undocumented."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from dingfen.engine.fact import Fact
from dingfen.engine.key_texts import text_of
from dingfen.engine.keys import WORDS, keys_of, models
from dingfen.engine.vocabulary import FACTS

_SUBJECTS = {
    "case": "The case / 争议",
    "customer": "The customer / 客户",
    "claim": "A claim / 主张",
    "ruling": "The proposed ruling (effects only) / 裁决建议（仅用于执行事项）",
    "incident": "An incident / 现场事件",
    "conduct": "A conduct file, counted over its period / 行为档案（在观察期内计数）",
    "care": "A customer, for care / 客户关怀",
}
# Whose facts other topics ask for; each is listed with its own topic.
TOPIC_SUBJECTS = {"complaint": "The complaint / 投诉"}
_COMMON = ("article", "unverified", "floor")
_HEAD = """# The language of policy packs
制度包的全部写法。 Every key of a pack with its type, what holds when it is left out, and its meaning; made from the
schema by `dingfen policy reference` and kept true by a test. How a pack is put together is told in
[policy-packs.md](policy-packs.md), what rules on ownership can say in
[ownership-language.md](ownership-language.md), on complaints in [complaints-language.md](complaints-language.md).

Editors that know the YAML language server complete keys and mark mistakes: the shipped packs begin with
`# yaml-language-server: $schema=../pack.schema.json`. `dingfen policy schema` prints that schema, with
`--scenarios` the one of scenario files, with `--partial` the one of a pack that extends another (it writes only what
is different); they lie beside the shipped packs: [pack.schema.json](../../src/dingfen/packs/pack.schema.json),
[scenarios.schema.json](../../src/dingfen/packs/scenarios.schema.json),
[partial.schema.json](../../src/dingfen/packs/partial.schema.json).

A part that the machine runs also has `article` (依据的条款, the article it rests on, always required),
`unverified` (数值尚待核定, the value still has to be confirmed) and `floor` (法律下限, see [Floor](#floor)); the
tables leave these out.

## Words
| type | is written | for example |
|---|---|---|
"""
_LENGTH = """| length | clock time alone; days, weeks, months with how they count | `{length: 30 minutes}`, \
`{length: 5 days, counting: inclusive, start_day: out, days: calendar, roll: none}` |
"""
_HOW = {
    "condition": "what may be asked, and the facts there are: [conditions](policy-packs.md#conditions), "
    "[fact vocabulary](policy-packs.md#the-fact-vocabulary)",
    "plain length": "minutes, hours or days, where no counting is in question",
    "amount": "number and ISO 4217 currency",
    "points": "a number, or a range that people judge in",
    "choice of a claim": "`min(fact)` or `max(fact)`",
    "claims": "`min(fact)`, `max(fact)`, `each(condition)`, `value(fact)`",
}


def language_reference(examples: Mapping[str, Any]) -> str:
    """Markdown: one table a part. `examples`: per name of a part, plain data as a pack writes it."""
    words = "".join(f"| {name} | {_HOW[name]} | `{example}` |\n" for name, example, _ in WORDS.values())
    parts = "\n".join("\n".join(_part(model, examples)) for model in models())
    return f"{_HEAD}{_LENGTH}{words}\n## Parts\n{parts}"


def _part(model: type[BaseModel], examples: Mapping[str, Any]) -> Iterator[str]:
    keys = [key for key in keys_of(model) if key.name not in _COMMON or model.__name__ == "Article"]
    yield f"### {model.__name__}"
    if model.__doc__ and "BaseModel" not in model.__doc__:
        yield model.__doc__.strip().replace("\n    ", "\n")
    if keys:
        yield ""
        yield "| key | type | left out | 中文 | English |"
        yield "|---|---|---|---|---|"
    for key in keys:
        zh, en = text_of(model.__name__, key.name)
        left_out = "required" if key.required else key.default
        yield f"| `{key.name}` | {key.type} | {left_out} | {zh} | {en} |"
    if model.__name__ in examples:
        yield ""
        yield f"```yaml\n{flow(examples[model.__name__])}\n```"
    yield ""


def flow(value: Any) -> str:
    """Plain data as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    text = str(value)
    special = any(sign in text for sign in ",:{}[]#\"'") or text in ("true", "false")
    return json.dumps(text, ensure_ascii=False) if isinstance(value, str) and special else text


def facts_reference(subjects: Mapping[str, str] = _SUBJECTS) -> str:
    """Markdown: one table a subject, each fact with type, both names and what it comes from."""
    parts = []
    for subject, title in subjects.items():
        rows = [_row(fact) for fact in FACTS.values() if fact.subject == subject]
        head = ["| fact | type | 中文 | English | from |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"### {title}", "", *head, *rows]))
    return "\n\n".join(parts) + "\n"


def _row(fact: Fact) -> str:
    kind = " ".join(filter(None, (fact.type, _values(fact), "or none" if fact.nullable else "")))
    source = fact.derived_from + (", found by people" if fact.judged else "")
    return f"| `{fact.name}` | {kind} | {fact.zh} | {fact.en} | {source} |"


def _values(fact: Fact) -> str:
    if fact.choices:
        return " ".join(f'"{choice}"' for choice in fact.choices)
    if fact.low is not None and fact.high is not None:
        return f"{fact.low:g} to {fact.high:g}"
    return ""
