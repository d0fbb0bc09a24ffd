"""Every operation, called with generated input: no fault, and each answer as the document says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dingfen.accounts.models import Role, RoleGrant
from dingfen.api import app
from dingfen.api.registry import ROOMS
from tests.api import sample
from tests.api.conftest import token_for
from tests.cast import Cast

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
WORDS = sorted({word for words in ROOMS.values() for word in words.split()})
"""Operations are asked together by the first word of their address, so that one can ask for some with `-k`."""
OF_THE_FRAME = {"Idempotency-Key", "limit", "after"}
"""What the frame reads, in the same way for every operation: `test_the_frame` tries all that can be wrong with it."""
# What an operation makes of wrong input is the same on both databases, and asks neither.
ON_POSTGRESQL = connection.vendor == "postgresql"
BOUNDED = settings(
    max_examples=1 if ON_POSTGRESQL else 4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)


@cache
def described(api: app.Api) -> Any:
    """What the document of an API says. It is read in a test, not by every process that collects the tests."""
    load_all_checks()
    document = api.get_openapi_schema(path_prefix=app.PREFIX)
    edges: dict[str, Any] = {"generation": {"mode": "positive"}} if ON_POSTGRESQL else {}
    if api is app.api:
        edges |= {"unexpected-methods": []}  # refused by the frame, too
        for operation in (one for methods in document["paths"].values() for one in methods.values()):
            operation["parameters"] = [
                one for one in operation.get("parameters", []) if one["name"] not in OF_THE_FRAME
            ]
    schema = schemathesis.openapi.from_dict(
        document, config=SchemathesisConfig.from_dict({"phases": {"coverage": edges}})
    )
    schema.app = get_wsgi_application()
    return schema


@pytest.fixture
def token(cast: Cast) -> Iterator[str]:
    """A token of someone who holds every role; the server keeps the test's own connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    for role in Role.values:
        RoleGrant.objects.get_or_create(staff=cast.admin, role=role, unit=cast.company)
    yield token_for(cast.admin)[0]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@BOUNDED
def check(case: Any, token: str) -> None:
    """Call it, check the answer, and forget what it did."""
    with transaction.atomic():
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)


def check_all(api: app.Api, paths: Iterable[str], token: str, subtests: pytest.Subtests) -> None:
    """Every operation at these paths: its examples, the edges of each value, and some that are drawn."""
    schema = described(api)
    for path in paths:
        for method, operation in schema[path].items():
            with subtests.test(f"{method.upper()} {path}"):
                build_operation_test(
                    config=schema.config,
                    operation=operation,
                    test_func=check,
                    given_kwargs={},
                    feedback=NO_FEEDBACK,
                )(token=token)


@pytest.mark.parametrize("word", WORDS)
def test_every_operation(word: str, token: str, subtests: pytest.Subtests) -> None:
    start = f"{app.PREFIX}{word}"
    paths = [path for path in described(app.api) if path == start or path.startswith(f"{start}/")]
    assert paths
    check_all(app.api, paths, token, subtests)


def test_every_operation_has_such_a_word() -> None:
    assert {path.removeprefix(app.PREFIX).partition("/")[0] for path in described(app.api)} == {*WORDS}


@pytest.mark.urls("tests.api.sample")
def test_the_frame(token: str, subtests: pytest.Subtests) -> None:
    check_all(sample.made, described(sample.made), token, subtests)
