"""The fields of the form of values: how each value is shown, and plain data made of what was typed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from django.http import QueryDict
from django.utils.translation import gettext

from dingfen.engine.choice_texts import words_of
from dingfen.engine.durations import CLOCK_UNITS, Counting, DayKind, Duration, Roll, StartDay, Unit
from dingfen.engine.values import Value, Words
from dingfen.policies.valuing import Faults, dotted
from dingfen.problems import whole_number

COUNTING = {
    "counting": get_args(Counting),
    "start_day": get_args(StartDay),
    "days": get_args(DayKind),
    "roll": get_args(Roll),
}
SPANS = ("minutes", "hours", "days")
_LIST = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass
class Field:
    """One value as the page shows it. `parts`: the single inputs of a value that has several."""

    value: Value
    name: str
    label: str
    typed: Any
    help: str = ""
    choices: list[Choice] = field(default_factory=list)
    parts: dict[str, list[Choice]] = field(default_factory=dict)
    amount: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.value.kind

    @property
    def open(self) -> bool:
        """Shown at once; what the rule book doesn't say is folded."""
        return self.value.required or self.value.written is not None or bool(self.errors)


def word(key: str, value: str, language: str) -> str:
    """What a choice is called; a role of the pack's own by its id."""
    try:
        return words_of(key, value)[language == "en"]
    except KeyError:
        return value


def label_of(title: Words, language: str) -> tuple[str, str]:
    """What a key is called, and what its text says beyond that."""
    label, _, rest = (
        title[language == "en"]
        .replace("：", "，")
        .replace("; ", ", ")
        .partition("，" if language == "zh" else ", ")
    )
    return label[:1].upper() + label[1:], rest


def shown(value: Value, plain: Any, language: str) -> Field:
    """A field with what holds, or with what was typed."""
    label, help_ = label_of(value.title, language)
    made = Field(value, dotted(value.path), label, plain, help_)
    if value.kind == "length":
        _length(made, plain, language)
    elif value.kind == "span":
        amount, _, unit = str(plain or "").partition(" ")
        made.amount = amount
        made.parts = {
            "unit": _choices("unit", SPANS, unit if unit.endswith("s") or not unit else f"{unit}s", language)
        }
    elif value.choices and value.kind in ("one", "some"):
        chosen = plain if isinstance(plain, list) else [plain]
        made.choices = [
            Choice(each, word(value.key, each, language), each in chosen) for each in value.choices
        ]
    else:
        made.typed = _text(value, plain)
    return made


def _length(made: Field, plain: Any, language: str) -> None:
    given = plain if isinstance(plain, dict) else {"length": plain} if plain else {}
    amount, _, unit = str(given.get("length", "")).partition(" ")
    try:
        length = Duration.model_validate(given) if given else None
    except ValueError:
        length = None
    made.amount = str(length.amount) if length else amount
    unit = length.unit if length else unit.replace(" ", "_")
    made.parts = {"unit": _choices("unit", get_args(Unit), unit, language)}
    for key, choices in COUNTING.items():
        found = getattr(length, key) if length else given.get(key)
        made.parts[key] = _choices(key, choices, found, language)


def _choices(key: str, values: tuple[str, ...], chosen: Any, language: str) -> list[Choice]:
    return [Choice(each, word(key, each, language), each == chosen) for each in values]


def _text(value: Value, plain: Any) -> Any:
    if value.kind == "yes":
        return bool(plain)
    if isinstance(plain, (list, tuple)):
        return ("\n" if value.kind == "days" else ", ").join(map(str, plain))
    return "" if plain is None else str(plain)


def typed(value: Value, post: QueryDict, faults: Faults) -> Any:
    """Plain data of what was typed for a value; what can't be read goes to `faults`."""
    name = dotted(value.path)
    if value.kind == "yes":
        return (name in post) or (None if value.default is None and value.written is None else False)
    if value.kind == "some":
        chosen = post.getlist(name)
        kept = [each for each in value.holds if each in chosen] if isinstance(value.holds, list) else []
        found = kept + [each for each in value.choices if each in chosen and each not in kept]
        return found or (None if value.written is None else [])
    if value.kind in ("length", "span"):
        return _typed_length(value, name, post, faults)
    text = post.get(name, "").strip()
    if not text:
        return [] if value.kind == "days" else None
    try:
        return _READ.get(value.kind, str)(text)
    except ValueError:
        code = "value.day" if value.kind == "date" else "value.number"
        faults.setdefault(name, []).append((code, {}))
        return value.holds


def _typed_length(value: Value, name: str, post: QueryDict, faults: Faults) -> Any:
    text, unit = post.get(f"{name}.amount", "").strip(), post.get(f"{name}.unit", "")
    if not text:
        return None
    amount = whole_number(text)
    if amount is None:
        faults.setdefault(name, []).append(("value.number", {}))
        return value.holds
    words = f"{amount} {unit.replace('_', ' ')}"
    words = words.removesuffix("s") if amount == 1 else words
    if value.kind == "span":
        return words
    if unit in CLOCK_UNITS:
        return {"length": words}
    counting = {key: post.get(f"{name}.{key}", "") for key in COUNTING}
    if unit == "working_days":
        counting["days"] = "working"
    if not all(counting.values()):
        faults.setdefault(name, []).append(("value.counting", {}))
    elif counting["days"] == "working" and unit == "days":
        words = words.replace("day", "working day")
    return {"length": words, **counting}


def _list(text: str) -> list[str]:
    return [each for each in _LIST.split(text) if each]


_READ: Mapping[str, Callable[[str], Any]] = {
    "whole": int,
    "number": lambda text: float(text) if "." in text else int(text),
    "points": lambda text: int(text) if re.fullmatch(r"[+-]?\d+", text) else text,
    "wholes": lambda text: [int(each.rstrip("%")) for each in _list(text)],
    "names": _list,
    "periods": lambda text: [each.strip() for each in re.split(r"[,，、;；\n]+", text) if each.strip()],
    "days": lambda text: [each.strip() for each in re.split(r"[,，、;；\n]+", text) if each.strip()],
    "date": dt.date.fromisoformat,
}


def in_words(value: Value, plain: Any, language: str) -> str:
    """A value as a sentence shows it: before and after a change."""
    if plain is None or plain == []:
        return gettext("not said")
    if value.kind == "yes":
        return gettext("yes") if plain else gettext("no")
    if value.kind in ("length", "span"):
        made = shown(value, plain, language)
        parts = [
            each.label for key, some in made.parts.items() for each in some if each.chosen and key != "unit"
        ]
        unit = next((each.label for each in made.parts["unit"] if each.chosen), "")
        return ("，" if language == "zh" else ", ").join([f"{made.amount} {unit}", *parts])
    if isinstance(plain, list):
        return ("、" if language == "zh" else ", ").join(
            word(value.key, str(each), language) for each in plain
        )
    return word(value.key, str(plain), language) if value.choices else str(plain)
