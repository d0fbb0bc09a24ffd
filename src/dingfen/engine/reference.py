"""The vocabulary as a table for the documentation, so that no fact goes undocumented."""

from __future__ import annotations

from dingfen.engine.vocabulary import FACTS, Fact

_SUBJECTS = {
    "case": "The case / 争议",
    "customer": "The customer / 客户",
    "claim": "A claim / 主张",
    "ruling": "The proposed ruling (effects only) / 裁决建议（仅用于执行事项）",
}


def facts_reference() -> str:
    """Markdown: one table a subject, each fact with type, both names and what it comes from."""
    parts = []
    for subject, title in _SUBJECTS.items():
        rows = [_row(fact) for fact in FACTS.values() if fact.subject == subject]
        parts.append(
            "\n".join(
                [
                    f"### {title}",
                    "",
                    "| fact | type | 中文 | English | from |",
                    "|---|---|---|---|---|",
                    *rows,
                ]
            )
        )
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
