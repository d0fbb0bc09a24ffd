"""From the YAML files of a pack to a `Pack`, with every error at its file, line and key."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from dingfen.engine.errors import PackError, PackErrors
from dingfen.engine.extending import MOST_STEPS, Bases, extended, no_bases
from dingfen.engine.parts import ARTICLE_ID, SLUG
from dingfen.engine.schema import JURISDICTION, SOURCE, TOPICS, VERSION, Pack
from dingfen.engine.sources import Path, Place, Source, read_yaml, values_of

HEADER_FILE = "pack.yaml"
FILES = (HEADER_FILE, "articles.yaml", "floors.yaml", *(f"{topic}.yaml" for topic in TOPICS))
_CODES = {
    "missing": "missing_key",
    "extra_forbidden": "unknown_key",
    "literal_error": "not_one_of",
    "string_pattern_mismatch": "wrong_form",
    "too_short": "empty",
    "string_too_short": "empty",
    "too_long": "too_long",
    "string_too_long": "too_long",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "value_error": "wrong_value",
}
# What a text of a form looks like, and a value of a type, in a sentence of any language.
_FORMS = {
    SLUG: "first-come",
    ARTICLE_ID: "OWN-3",
    VERSION: "1.0, 2.1.3",
    JURISDICTION: "CN, CN-44",
    SOURCE: "Rules 4.2",
    r"^[A-Z]{2}$": "CN",
    r"^[A-Z0-9]{1,3}$": "31",
    r"^[A-Z]{3}$": "CNY",
}
_TYPES = {
    "string": '"…"', "int": "3", "float": "2.5", "decimal": "100", "bool": "true, false", "tuple": "[…, …]",
    "frozen": "[…, …]", "list": "[…, …]", "dict": "{…: …}", "date": "2026-03-02", "datetime": "2026-03-02 09:00",
}  # fmt: skip
_LIMITS = {"ge": "≥", "le": "≤", "max_length": "≤"}


def load_pack(files: Mapping[str, str], bases: Bases = no_bases) -> Pack:
    """The pack written in these files (name → text). Raises `PackErrors` with all that is wrong.

    `bases` gives the files of a pack that others may extend, by name; it raises KeyError for an unknown one.
    """
    return load_with_places(files, bases)[0]


def place_of(source: Source, where: str) -> Place:
    """Where a dotted key stands, as findings name it; lines and columns count from 0."""
    return source.place(tuple(int(step) if step.isdigit() else step for step in where.split(".")))


def load_with_places(files: Mapping[str, str], bases: Bases = no_bases) -> tuple[Pack, Source]:
    """The same, with the places of its keys."""
    source, errors = _read_all(files, bases)
    if errors:
        raise PackErrors(errors)
    unknown = _unknown_articles(source)
    try:
        pack = Pack.model_validate(source.data)
    except ValidationError as failure:
        found = [located(source, dict(error), Pack) for error in failure.errors()]
        errors = [error for error in found if not (unknown and error.message_code == "unknown_article")]
    if errors or unknown:
        raise PackErrors([*errors, *unknown])
    return pack, source


def dump(pack: Pack) -> str:
    """Canonical JSON of a pack: sorted keys, no spaces. `from_canonical` reads it back identically."""
    plain = pack.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_canonical(text: str) -> Pack:
    """The pack whose `dump` this is. Raises pydantic's ValidationError when it is none."""
    return Pack.model_validate(json.loads(text))


def digest(pack: Pack) -> str:
    """SHA-256 of the canonical JSON in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(dump(pack).encode()).hexdigest()


def _read_all(files: Mapping[str, str], bases: Bases) -> tuple[Source, list[PackError]]:
    """The files of a pack, with what it takes over from the pack it extends, and so on upwards."""
    own, errors = read_files(files)
    chain, names = [own], [own.data.get("id")]
    while not errors and (name := chain[-1].data.get("extends")) is not None:
        if name in names or len(chain) > MOST_STEPS:
            errors.append(chain[-1].error(("extends",), "extends_itself", pack=str(name)))
            break
        try:
            texts = bases(str(name))
        except KeyError:
            errors.append(chain[-1].error(("extends",), "unknown_pack", pack=str(name)))
            break
        source, errors = read_files(texts, folder=f"{name}/")
        chain.append(source)
        names.append(name)
    whole = chain.pop()
    while chain and not errors:
        whole, errors = extended(chain.pop(), whole, frozenset(TOPICS))
    return whole, errors


def read_files(files: Mapping[str, str], folder: str = "") -> tuple[Source, list[PackError]]:
    """The plain data of a pack's own files with its places, and what stopped a file from being read."""
    source, errors = Source(), []
    for name in sorted(set(files) | {HEADER_FILE}):
        if name not in files:
            errors.append(PackError(folder + name, 1, 1, "", "missing_file", {}, ", ".join(FILES)))
        elif name not in FILES:
            errors.append(PackError(folder + name, 1, 1, "", "unknown_file", {}, ", ".join(FILES)))
        else:
            errors += _read_one(name, files[name], source, folder)
    return source, errors


def _read_one(name: str, text: str, source: Source, folder: str) -> list[PackError]:
    data, errors = read_yaml(folder + name, text, source)
    if errors:
        return errors
    if not isinstance(data, dict):
        return [PackError(folder + name, 1, 1, "", "not_a_mapping", {}, "key: value")]
    for key, value in data.items():
        if name != HEADER_FILE and key != name.removesuffix(".yaml"):
            errors.append(
                source.error((key,), "unknown_key", accepted=name.removesuffix(".yaml"), of_key=True)
            )
        elif key in source.data:
            errors.append(source.error((key,), "duplicate_key", of_key=True))
        else:
            source.data[key] = value
    return errors


def _unknown_articles(source: Source) -> list[PackError]:
    articles = source.data.get("articles")
    known = (
        [a["id"] for a in articles if isinstance(a, dict) and isinstance(a.get("id"), str)]
        if isinstance(articles, list)
        else []
    )
    return [
        source.error(path, "unknown_article", accepted=_some(known), article=value)
        for topic in TOPICS
        for path, value in values_of(source.data.get(topic), "article", (topic,))
        if isinstance(value, str) and value not in known
    ]


def located(source: Source, error: dict[str, Any], model: type[BaseModel], prefix: Path = ()) -> PackError:
    """One error of pydantic as an error at its place. `prefix` is the model's own path in the source."""
    path: Path = (*prefix, *error["loc"])
    context = {name: value for name, value in error.get("ctx", {}).items() if name != "error"}
    accepted = str(context.pop("accepted", "") or context.pop("expected", ""))
    offset = context.pop("offset", None)
    if "at" in context:
        path = tuple(int(step) if step.isdigit() else step for step in str(context.pop("at")).split("."))
    kind = error["type"]
    code = str(context.pop("code", "")) or _CODES.get(
        kind, "wrong_type" if kind.partition("_")[0] in (*_TYPES, "model") else kind
    )
    if code == "unknown_key" and " " in str(path[-1]) and error.get("input") is None:
        code, accepted = "comma_in_text", f'"…, {path[-1]}"'
    elif code == "unknown_key":
        known = accepted_keys(model, path[len(prefix) : -1])
        accepted = _some(known)
        context |= _near(str(path[-1]), known)
    if code == "not_one_of":
        choices = re.findall(r"'([^']+)'", accepted)
        accepted = ", ".join(choices) or accepted
        context |= _near(str(error.get("input")), choices or accepted.split(", "))
    if code == "wrong_form":
        pattern = str(context.pop("pattern", ""))
        accepted = _FORMS.get(pattern, pattern)
    if code == "wrong_type":
        context.setdefault("found", type(error.get("input")).__name__)
        keys = ", ".join(f"{key}: …" for key in accepted_keys(model, path[len(prefix) :])[:3])
        accepted = accepted or _TYPES.get(kind.partition("_")[0], f"{{{keys}}}" if keys else "")
    for name, sign in _LIMITS.items():
        if name in context:
            accepted = f"{sign} {context.pop(name)}"
    if code == "wrong_value":
        context["reason"] = str(error.get("ctx", {}).get("error", error["msg"]))
    if code == "missing_key":
        accepted = accepted or f"{path[-1]}: …"
    of_key = code in ("unknown_key", "missing_key")
    return source.error(path, code, accepted=accepted, offset=offset, of_key=of_key, **context)


def _near(found: str, known: list[str]) -> dict[str, str]:
    """The known word that looks most like a mistyped one, as the parameter `near`."""
    close = difflib.get_close_matches(found, known, 1)
    return {"near": close[0]} if close else {}


def model_at(path: Sequence[str | int], model: type[BaseModel] = Pack) -> type[BaseModel] | None:
    """The part of a pack that stands at a path; None where there is none."""
    here: type[BaseModel] | None = model
    for step in path:
        if isinstance(step, int) or here is None:
            continue
        field = next((f for name, f in here.model_fields.items() if (f.alias or name) == step), None)
        here = _model_in(field.annotation) if field else None
    return here


def accepted_keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys a model knows at a path, as YAML writes them."""
    here = model_at(path, model)
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    return next(filter(None, map(_model_in, typing.get_args(annotation))), None)


def _some(names: list[str], most: int = 20) -> str:
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
