"""Settings of channels by the API: the administrator alone, no secret given back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dingfen.channels.kinds import KINDS
from dingfen.channels.models import Account
from dingfen.register.models import Entry
from tests.api.conftest import Caller
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_an_account_is_set_up_changed_and_switched(cast: Cast, call: Callable[..., Caller]) -> None:
    admin = call("admin")
    told = {
        "url": "https://sms.example/send",
        "body": '{"to": "{phone}", "text": "{text}"}',
        "token": "geheim-1",
    }
    given = {"channel": "sms", "name": "SMS", "unit": str(cast.site.uid), "told": told}
    assert call("chen")("POST", "/channels", given).status_code == 403
    made = admin("POST", "/channels", given)
    assert made.status_code == 201, made.content
    uid = made.json()["uid"]
    assert made.json()["secrets"] == ["token"] and b"geheim" not in made.content
    wrong = admin("POST", "/channels", {**given, "name": "second", "told": {**told, "body": "no text"}})
    assert wrong.status_code == 422 and "body" in wrong.content.decode()
    changed = admin("POST", f"/channels/{uid}/change", {
        "name": "SMS 2", "unit": str(cast.site.uid), "told": {"sign": "[YL]"}, "version": 1,
    })  # fmt: skip
    assert changed.status_code == 200, changed.content
    row = Account.objects.get(uid=uid)
    assert (row.name, row.settings["sign"], row.settings["url"]) == ("SMS 2", "[YL]", told["url"])
    assert changed.json()["secrets"] == ["token"]  # left out, it stays
    stale = admin("POST", f"/channels/{uid}/change", {"name": "x", "unit": str(cast.site.uid), "version": 1})
    assert stale.status_code == 409
    assert admin("POST", f"/channels/{uid}/switch", {"on": False}).json()["on"] is False
    assert admin("POST", f"/channels/{uid}/again").json() == {"count": 0}
    assert admin("GET", "/channels").json()["items"][0]["uid"] == uid
    row = admin("GET", f"/channels/{uid}").json()
    assert (row["name"], row["refused_at"]) == ("SMS 2", None) and row["door"].endswith(f"/hooks/{uid}/")
    wrong = admin("POST", f"/channels/{uid}/test", {"to": "12"})
    assert wrong.status_code == 422 and b'"to"' in wrong.content
    kinds = {one["channel"]: one for one in admin("GET", "/channel-kinds").json()}
    assert (
        kinds.keys() == set(KINDS) and kinds["sms"]["tries"] and all(one["steps"] for one in kinds.values())
    )
    assert Entry.objects.filter(subject_type="channel").count() == 3
