"""`/api/docs`: the operations on one page of our own, from the document; no other host, no script."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dingfen.api.app import document


def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"groups": groups()})


@lru_cache(maxsize=1)
def groups() -> list[tuple[str, list[dict[str, Any]]]]:
    """Operations by tag: method, path, summary, permission, parameters, body fields, answers."""
    whole = orjson.loads(document())
    schemas = whole["components"].get("schemas", {})
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            found.setdefault((operation.get("tags") or [""])[0], []).append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "permission": operation.get("x-permission"),
                    "parameters": operation.get("parameters", []),
                    "body": _fields(_body(operation), schemas),
                    "answer": _fields(_answer(operation), schemas),
                    "statuses": ", ".join(operation["responses"]),
                }
            )
    return list(found.items())


def _body(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return next((kind["schema"] for kind in content.values()), {})


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            return next((kind["schema"] for kind in answer.get("content", {}).values()), {})
    return {}


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of an object: name, type in words, required, description."""
    schema = _follow(schema, schemas)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field),
            "required": name in required,
            "description": field.get("description", ""),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _follow(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas.get(name, schema) if name else schema


def _type(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2])
    if "anyOf" in field:
        return " | ".join(_type(choice) for choice in field["anyOf"])
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type") or "any")
