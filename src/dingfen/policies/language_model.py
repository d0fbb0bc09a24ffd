"""A language model may add proposals to a draft: any address that speaks the chat completions format.

Off unless `DINGFEN_MODEL_URL` is set. The whole of it is limited in time; whatever goes wrong, the draft stays
as it is. What comes back is held against the text: a quote that isn't there, a kind we don't know or a value
in another form is left out. What is left is marked (`by: model`), unsure, and waits for a person like the rest.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import orjson
from django.conf import settings

from dingfen import calls
from dingfen.engine.draft import Article, Finding
from dingfen.engine.draft.finding import Kind
from dingfen.engine.draft.proposing import Proposing

SURE = 0.5
PART = 6000  # characters in one question
MOST = 200  # findings taken from all answers
KINDS = frozenset(get_args(Kind)) - {"levels"}
VALUE = {
    "duration": r"(?:over )?P(?:T?\d+(?:\.\d+)?[SMHDWY])(?:\.\.P(?:T?\d+(?:\.\d+)?[SMHDWY]))?",
    "deadline": r"P(?:T?\d+(?:\.\d+)?[SMHDWY])|next (?:morning|day|working day)(?: \d\d:\d\d)?|same day \d\d:\d\d",
    "frequency": r"P(?:T?\d+[HDWMY])|\d+(?:\.\.\d+)? per (?:hour|day|week|month|quarter|year)",
    "hours": r"24 hours a day|\d\d:\d\d-\d\d:\d\d",
    "amount": r"\d+(?:\.\d+)?(?:\.\.\d+(?:\.\d+)?)? [A-Z]{3}",
    "percentage": r"\d+(?:\.\d+)?(?:\.\.\d+(?:\.\d+)?)?%|\d+:\d+",
    "points": r"-?\d+(?:\.\.-?\d+)?|(?:max|min) -?\d+",
    "count": r"(?:max|min) \d+",
    "step": r"\d+",
}
ASK = (
    "You read a company's written rules. List what is stated in them and could become a rule. Answer with JSON "
    'only: {"findings": [{"article": "<id>", "kind": "<kind>", "value": "<value>", "quote": "<words of the text>", '
    '"of": "<what it measures>"}]}. Kinds: '
    + ", ".join(sorted(KINDS))
    + ". Values: lengths of time as ISO 8601 "
    "(P5D, PT24H, P1W, over P3M, P30D..P40D); frequencies P3D or 2 per week; money 100 CNY; points 2 or -3..3; "
    "counts max 3; percentages 20%; sanctions warning, fine, suspension, demotion, dismissal; for other kinds the "
    "words themselves. Quote the text exactly. Invent nothing; leave out what is not said."
)
Json = dict[str, Any]


class NoAnswer(Exception):
    """The model said nothing usable; the text is a code: `off`, `unreachable`, `refused`, `slow`, `form`."""


def proposals(
    articles: Sequence[Mapping[str, Any]], text: str, known: Sequence[Mapping[str, Any]]
) -> list[Json]:
    """What the model finds beyond what is known, as `Draft.as_json` writes findings, each with `by: model`.

    Must not be called inside a transaction: it waits for another machine, at most `DINGFEN_MODEL_SECONDS` in
    all and ten for one answer. Raises NoAnswer only when no question at all was answered.
    """
    if not settings.MODEL_URL:
        raise NoAnswer("off")
    until = time.monotonic() + settings.MODEL_SECONDS
    taken = [(one["start"], one["end"], one["kind"]) for one in known]
    found: list[Json] = []
    failed: NoAnswer | None = None
    answered = False
    for part in _parts(articles):
        if time.monotonic() >= until:
            failed = NoAnswer("slow")
            break
        try:
            rows = _ask(part)
        except NoAnswer as problem:
            failed = problem
            if str(problem) in {"unreachable", "refused"}:
                break  # it will not be better for the next part
            continue
        answered = True
        found += _held_against(rows, articles, text, taken)
    if failed is not None and not answered:
        raise failed
    return found[:MOST]


def _parts(articles: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    parts: list[list[Mapping[str, Any]]] = []
    size = PART
    for article in articles:
        if not article["text"]:
            continue
        if size + len(article["text"]) > PART:
            parts.append([])
            size = 0
        parts[-1].append(article)
        size += len(article["text"])
    return parts


def _ask(part: Sequence[Mapping[str, Any]]) -> list[Any]:
    question = "\n".join(f"[{one['id']}] {one['text'][:PART]}" for one in part)
    body = {
        "model": settings.MODEL_NAME,
        "temperature": 0,
        "response_format": {"type": "json_object"},
        "messages": [{"role": "system", "content": ASK}, {"role": "user", "content": question}],
    }
    headers = {"Content-Type": "application/json"}
    if settings.MODEL_KEY:
        headers["Authorization"] = f"Bearer {settings.MODEL_KEY}"
    url = settings.MODEL_URL.rstrip("/") + "/chat/completions"
    try:
        answer = calls.post(url, orjson.dumps(body), headers=headers, own_network=True)
    except (calls.CallRefused, calls.CallFailed) as problem:
        raise NoAnswer("unreachable") from problem
    if answer.status != 200:
        raise NoAnswer("refused")
    return _rows(answer.body)


def _rows(body: bytes) -> list[Any]:
    try:
        said = orjson.loads(body)["choices"][0]["message"]["content"]
        rows = orjson.loads(re.sub(r"^```(?:json)?\s*|\s*```$", "", said.strip()))["findings"]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as problem:
        raise NoAnswer("form") from problem
    if not isinstance(rows, list):
        raise NoAnswer("form")
    return rows


def _held_against(
    rows: Sequence[Any], articles: Sequence[Mapping[str, Any]], text: str, taken: list[tuple[int, int, str]]
) -> list[Json]:
    by_id = {one["id"]: one for one in articles}
    proposing = Proposing(Article(**{**one, "path": tuple(one["path"])}) for one in articles)
    found = []
    for row in rows:
        finding = _finding(row, by_id, text)
        if finding is None or any(
            finding.start < end and start < finding.end and kind == finding.kind for start, end, kind in taken
        ):
            continue
        taken.append((finding.start, finding.end, finding.kind))
        found.append({**replace(finding, proposal=proposing.propose(finding)).as_json(), "by": "model"})
    return found


def _finding(row: Any, articles: Mapping[str, Mapping[str, Any]], text: str) -> Finding | None:
    if not isinstance(row, dict) or not all(
        isinstance(row.get(key), str) for key in ("article", "kind", "quote")
    ):
        return None
    article, kind, quote = articles.get(row["article"]), row["kind"], row["quote"].strip()
    value = str(row.get("value", "")).strip()[:200]
    shape = VALUE.get(kind, r".+")
    if article is None or kind not in KINDS or len(quote) < 2 or not re.fullmatch(shape, value):
        return None
    start = text.find(quote, article["start"], article["end"])
    if start < 0:
        return None
    number = int(value) if kind in {"points", "step"} and re.fullmatch(r"-?\d+", value) else value
    about = row.get("of")
    return Finding(
        kind, number, quote, start, start + len(quote), row["article"],
        of=about[:60] if isinstance(about, str) else "", confidence=SURE,
    )  # fmt: skip
