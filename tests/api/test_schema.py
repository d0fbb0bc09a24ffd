"""Every operation, called with generated input: no fault, and each answer as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dingfen.accounts.models import Role, RoleGrant
from dingfen.api import app
from tests.api import sample
from tests.api.conftest import token_for
from tests.cast import Cast

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]
# what an operation makes of its input is the same on both databases; what the database makes of it is soon seen
EXAMPLES = 2 if connection.vendor == "postgresql" else 6
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
whole = schemathesis.openapi.from_dict(app.api.get_openapi_schema())
frame = schemathesis.openapi.from_dict(sample.made.get_openapi_schema(path_prefix="/api/v1/"))
whole.app = frame.app = get_wsgi_application()


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


def check(case: Any, token: str) -> None:
    """Call it, check the answer, and forget what it did."""
    with transaction.atomic():
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)


@whole.parametrize()
@BOUNDED
def test_every_operation(case: Any, token: str) -> None:
    check(case, token)


@pytest.mark.urls("tests.api.sample")
@frame.parametrize()
@BOUNDED
def test_the_frame(case: Any, token: str) -> None:
    check(case, token)
