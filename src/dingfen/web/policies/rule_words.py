"""A rule in words: each key by what it means, each value as people say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from django.utils.translation import gettext, pgettext

from dingfen import formats
from dingfen.engine.choice_texts import words_of
from dingfen.engine.durations import format_length
from dingfen.engine.key_texts import text_of
from dingfen.engine.load import model_at
from dingfen.engine.vocabulary import FACTS
from dingfen.policies.findings import rule_length
from dingfen.web.policies import condition_words

LENGTH = re.compile(r"\d+ (minute|hour|working hour|day|working day|week|month)s?")
AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
CODE = re.compile(r"[ -~]*[_.<>=(][ -~]*")  # no words of people: a condition, an address, a fact
COUNTING = ("counting", "start_day", "days", "roll")
NOT_SAID = frozenset({"id", "title", "article", "unverified", "law", "floor"})


@dataclass(frozen=True, slots=True)
class Line:
    """`code`: the value stands as the rule book writes it."""

    label: str
    text: str
    code: bool = False


def lines(path: str, rule: Mapping[str, Any], titles: Mapping[str, str] | None = None) -> list[Line]:
    """The keys of the rule at a dotted path of a pack, with their values; titles and articles are left out.

    `titles`: what the rule book itself calls its levels, steps, remedies, by their ids.
    """
    steps = [step for step in path.split(".") if not step.isdigit()]
    return _Said(titles or {}).lines(steps, rule)


def path_label(where: str, *, numbered: bool = False) -> str:
    """`ownership.protection.follow_up.2.every.amount` → 保护期 · 跟进频率 · 每隔多久; `numbered`: which of a list, too.

    What has no words is left out; the id of a part stands as it is.
    """
    topic, *steps = where.split(".")
    path, said = [topic], list[str]()
    for step in steps:
        model = model_at(path)
        known = {one.alias or name for name, one in model.model_fields.items()} if model else set[str]()
        if step in known:
            path.append(step)
            said += [words] if (words := label(path, "")) else []
        elif step.isdigit():
            said[-1:] = [f"{one} {int(step) + 1}" if numbered else one for one in said[-1:]]
        elif model:
            said.append(step)
    return " · ".join(said)


def label(steps: Sequence[str], otherwise: str | None = None) -> str:
    """What the last key of a path is called; itself where nobody wrote it."""
    *above, last = steps
    model = model_at(above)
    try:
        zh, en = text_of(model.__name__, last) if model else ("", "")
    except KeyError:
        zh = en = ""
    said = re.split(r"[，,：:；;（(]", zh if formats.chinese() else en)[0].strip()
    return said[:1].upper() + said[1:] if said else (last if otherwise is None else otherwise)


@dataclass(frozen=True)
class _Said:
    titles: Mapping[str, str]

    def lines(self, steps: Sequence[str], rule: Mapping[str, Any]) -> list[Line]:
        return [self.line([*steps, key], value) for key, value in rule.items() if key not in NOT_SAID]

    def line(self, steps: Sequence[str], value: Any) -> Line:
        if words := self.condition(steps[-1], value):
            return Line(label(steps), words)
        if steps[-1] == "when":
            return Line(label(steps), str(value), True)
        text = self.words(steps, value)
        return Line(
            label(steps), text, isinstance(value, str) and text == value and CODE.fullmatch(text) is not None
        )

    def condition(self, key: str, value: Any) -> str:
        """In words, where it is one and has them: the one under `when`, or a fact that a rule names."""
        asks = isinstance(value, str) and (key == "when" or re.split(r"\W", value)[0] in FACTS)
        return condition_words.said(value, self.titles) if asks and not _known(key, value) else ""

    def words(self, steps: Sequence[str], value: Any) -> str:
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, Mapping):
            return self.parts(steps, value)
        if isinstance(value, list):
            said = [self.words(steps, one) for one in value]
            return _join(said) if any(isinstance(one, Mapping) for one in value) else formats.series(said)
        return self.single(steps, str(value))

    def parts(self, steps: Sequence[str], value: Mapping[str, Any]) -> str:
        if value.keys() == {"zh", "en"}:
            return self.words(steps, value["zh" if formats.chinese() else "en"])
        if {"amount", "currency"} <= value.keys():
            return formats.money(Decimal(str(value["amount"])), str(value["currency"]))
        if value.keys() == {"extreme", "fact"}:
            which = gettext("the least") if value["extreme"] == "min" else gettext("the greatest")
            return f"{self.condition('fact', value['fact']) or value['fact']}{pgettext('of a value', ': ')}{which}"
        if "length" in value or {"amount", "unit"} <= value.keys():
            return _length(value)
        between = pgettext("of a value", ": ")
        return pgettext("of a value", ", ").join(
            f"{one.label}{between}{one.text}" for one in self.lines(steps, value)
        )

    def single(self, steps: Sequence[str], text: str) -> str:
        if text in self.titles and not _chosen(steps):
            return self.titles[text]
        try:
            return words_of(steps[-1], text)[not formats.chinese()]
        except KeyError:
            pass
        if LENGTH.fullmatch(text):
            return rule_length(text)
        amount = AMOUNT.fullmatch(text)
        return formats.money(Decimal(amount[1]), amount[2]) if amount else text


def _chosen(steps: Sequence[str]) -> bool:
    """Whether the value is one of the language's own words, not the name of another part."""
    *above, last = steps
    model = model_at(above)
    fields = model.model_fields.items() if model else ()
    return any((one.alias or name) == last and _literal(one.annotation) for name, one in fields)


def _literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(map(_literal, get_args(annotation)))


def _known(key: str, text: str) -> bool:
    try:
        return bool(words_of(key, text)) and key != "when"
    except KeyError:
        return False


def _length(value: Mapping[str, Any]) -> str:
    text = str(value["length"]) if "length" in value else format_length(value["amount"], value["unit"])
    counted = [words_of(key, value[key])[not formats.chinese()] for key in COUNTING if value.get(key)]
    said = rule_length(text)
    return (
        gettext("%(length)s (%(how)s)") % {"length": said, "how": formats.series(counted)}
        if counted
        else said
    )


def _join(texts: Iterable[str]) -> str:
    return pgettext("between values", "; ").join(texts)
