"""JSON Schema of pack and scenario files, so that editors complete keys and mark mistakes as one types."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from dingfen.engine.key_texts import text_of
from dingfen.engine.keys import keys_of, models
from dingfen.engine.scenarios import Happening, Scenario
from dingfen.engine.schema import Pack

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def pack_schema() -> dict[str, Any]:
    """One schema for `pack.yaml`, `articles.yaml` and the files of the topics: each holds some of the keys."""
    whole = _object(Pack)
    return {
        "$schema": _DIALECT,
        "title": "Dingfen policy pack / 定分制度包",
        **{key: value for key, value in whole.items() if key != "required"},
        "$defs": {model.__name__: _object(model) for model in models() if model is not Pack},
    }


def partial_schema() -> dict[str, Any]:
    """The same for a pack that extends another: it writes only what is different, so nothing must be there."""
    whole = pack_schema()
    for part in whole["$defs"].values():
        part["required"] = [key for key in part["required"] if key == "id"]
    return whole


def scenario_schema() -> dict[str, Any]:
    """The schema of `scenarios/*.yaml`."""
    return {
        "$schema": _DIALECT,
        "title": "Dingfen scenarios / 定分场景",
        "type": "object",
        "properties": {"scenarios": {"type": "array", "items": {"$ref": "#/$defs/Scenario"}}},
        "required": ["scenarios"],
        "additionalProperties": False,
        "$defs": {model.__name__: _object(model) for model in models(Scenario)},
    }


def _object(model: type[BaseModel]) -> dict[str, Any]:
    keys = keys_of(model)
    found: dict[str, Any] = {
        "type": "object",
        "properties": {key.name: {**key.shape, **_described(model, key.name)} for key in keys},
        "required": [key.name for key in keys if key.required],
        "additionalProperties": model is Happening,  # the attributes of an event depend on what happened
    }
    if model.__doc__:
        found["description"] = " ".join(model.__doc__.split())
    return found


def _described(model: type[BaseModel], key: str) -> dict[str, str]:
    try:
        zh, en = text_of(model.__name__, key)
    except KeyError:
        return {}
    return {"description": f"{zh} / {en}"}
