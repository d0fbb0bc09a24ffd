"""API tokens: shown once, limited, retracted."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from dingfen.accounts import access, actions
from dingfen.accounts.models import ApiToken
from dingfen.api import tokens
from dingfen.problems import Problem
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
MONTH = dt.timedelta(days=30)


def make(cast: Cast, scopes: tuple[str, ...] = ("customer.view",), name: str = "lin") -> tuple[ApiToken, str]:
    return actions.make_token(
        actor=cast.actor(name), at=NOW, name="门户网站", scopes=scopes, expires_at=NOW + MONTH
    )


def test_only_the_digest_is_kept(cast: Cast) -> None:
    token, secret = make(cast)
    assert bytes(token.digest) == hashlib.sha256(secret.encode()).digest()
    assert secret.startswith(token.prefix)
    assert len(token.prefix) < len(secret) / 3


def test_a_token_allows_its_scopes_and_no_more_than_its_person(cast: Cast) -> None:
    _, secret = make(cast, ("customer.view", "dispute.rule"))
    found = tokens.find(secret, NOW)
    assert found is not None
    actor = found.actor
    assert actor.channel == "api"
    assert access.may(actor, "customer.view")
    assert access.decide(actor, "touch.record").code == "token.scope"
    assert access.decide(actor, "dispute.rule").code == "role.needed"


def test_a_token_ends_by_date_by_retraction_and_with_the_account(cast: Cast) -> None:
    token, secret = make(cast)
    _, second = make(cast)
    assert tokens.find(secret, NOW + MONTH - dt.timedelta(seconds=1))
    assert tokens.find(secret, NOW + MONTH) is None
    actions.revoke_token(actor=cast.actor("lin"), at=NOW, token=token)
    assert tokens.find(secret, NOW) is None
    with pytest.raises(Problem, match=r"token\.revoked"):
        actions.revoke_token(actor=cast.actor("lin"), at=NOW, token=token)
    actions.deactivate_staff(actor=cast.actor("admin"), at=NOW, staff=cast.lin)
    assert tokens.find(second, NOW) is None
    assert tokens.find("df_unknown", NOW) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"scopes": ["customer.fly"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"name": " "}, "name"),
        ({"expires_at": NOW}, "expires_at"),
        ({"expires_at": NOW + dt.timedelta(days=367)}, "expires_at"),
    ],
)
def test_faults_of_a_token(cast: Cast, values: dict[str, object], field: str) -> None:
    given: dict[str, object] = {"name": "门户", "scopes": ["customer.view"], "expires_at": NOW + MONTH}
    with pytest.raises(Problem) as raised:
        actions.make_token(actor=cast.actor("lin"), at=NOW, **(given | values))  # type: ignore[arg-type]
    assert list(raised.value.errors) == [field]


def test_a_token_makes_no_token(cast: Cast) -> None:
    _, secret = make(cast, ("*",))
    found = tokens.find(secret, NOW)
    assert found is not None
    actor = found.actor
    with pytest.raises(Problem, match=r"token\.by_person"):
        actions.make_token(actor=actor, at=NOW, name="x", scopes=["*"], expires_at=NOW + MONTH)


def test_a_colleague_does_not_retract_but_an_administrator_does(cast: Cast) -> None:
    token, _ = make(cast)
    for name, status in (("xu", 403), ("stranger", 404)):
        with pytest.raises(Problem) as raised:
            actions.revoke_token(actor=cast.actor(name), at=NOW, token=token)
        assert raised.value.status == status
    assert actions.revoke_token(actor=cast.actor("admin"), at=NOW, token=token).revoked_at == NOW
