"""One text message by one HTTP request, whose form the administrator tells: address, body, what says that it went.

Placeholders in address and body: `{phone}` (+ and country), `{national}` (digits alone, of the own country),
`{text}`, `{id}` (the same however often it is sent) and `{token}`. They are filled in after the form was read, so
that nothing in a text can end a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import orjson

from dingfen import calls
from dingfen.channels import accounts
from dingfen.channels.addresses import number
from dingfen.channels.models import Account, Sent
from dingfen.channels.platforms import PlatformFault
from dingfen.channels.sending import Outgoing
from dingfen.database.models import new_uid

LONGEST = 500
HOME = "+86"


def send(row: Sent, outgoing: Outgoing) -> None:
    """Raises `PlatformFault` when the gateway refuses, `calls.CallFailed`, `calls.CallRefused`."""
    _send(row.account, outgoing.to, outgoing.text, str(row.uid))


def try_out(account: Account, to: str, text: str) -> None:
    """Send one text that says it is a test. Raises like `send`."""
    _send(account, to, text, str(new_uid()))


def _send(account: Account, to: str, text: str, uid: str) -> None:
    values = {
        "phone": number(to),
        "national": number(to).removeprefix(HOME),
        "text": f"{account.settings.get('sign') or ''}{text}"[:LONGEST],
        "id": uid,
        "token": str(accounts.secret_of(account).get("token", "")),
    }
    url, body, kind = request_of(account, values)
    headers = {"Content-Type": kind} if body else {}
    if bearer := accounts.secret_of(account).get("authorization"):
        headers["Authorization"] = str(bearer)
    own = bool(account.settings.get("own_network"))
    answer = calls.post(url, body, headers=headers, own_network=own) if body else calls.get(
        url, headers=headers, own_network=own
    )  # fmt: skip
    wanted = str(account.settings.get("success") or "")
    said = answer.body.decode("utf-8", "replace")
    if answer.status >= 300 or (wanted and wanted not in said):
        raise PlatformFault(f"HTTP {answer.status}: {masked(said, values)[:200]}")


def masked(said: str, values: Mapping[str, str]) -> str:
    """What a gateway answers without what was sent to it: gateways echo, and faults are kept and logged."""
    with suppress(orjson.JSONDecodeError):
        said = orjson.dumps(orjson.loads(said)).decode()  # no \u of the same signs
    for name, value in values.items():
        for form in filter(None, (value, quote(value), orjson.dumps(value).decode()[1:-1])):
            said = said.replace(form, f"{{{name}}}")
    return said


def request_of(account: Account, values: Mapping[str, str]) -> tuple[str, bytes, str]:
    """Address, body and content type: JSON where the body is a JSON object, else a form; no body is a GET."""
    parts = urlsplit(str(account.settings.get("url") or ""))
    query = urlencode([(name, fill(value, values)) for name, value in parse_qsl(parts.query, True)])
    path = fill(parts.path, {name: quote(value, safe="") for name, value in values.items()})
    url = parts._replace(path=path, query=query).geturl()
    told = str(account.settings.get("body") or "").strip()
    if told.startswith("{"):
        return url, orjson.dumps(_filled(orjson.loads(told), values)), "application/json; charset=utf-8"
    form = [(name, fill(value, values)) for name, value in parse_qsl(told, True)]
    return url, urlencode(form).encode(), "application/x-www-form-urlencoded"


def check(told: str) -> bool:
    """Whether a body can be read: empty, a JSON object or a form, with somewhere for number and text."""
    if not told.strip():
        return True
    try:
        read = orjson.loads(told) if told.strip().startswith("{") else dict(parse_qsl(told, True))
    except orjson.JSONDecodeError:
        return False
    return bool(read)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, each once: what is filled in is not read again."""
    out, rest = [], text
    while "{" in rest:
        before, _, after = rest.partition("{")
        name, brace, tail = after.partition("}")
        known = bool(brace) and name in values
        out += [before, values[name] if known else "{"]
        rest = tail if known else after
    return "".join([*out, rest])


def _filled(told: Any, values: Mapping[str, str]) -> Any:
    if isinstance(told, dict):
        return {name: _filled(value, values) for name, value in told.items()}
    if isinstance(told, list):
        return [_filled(value, values) for value in told]
    return fill(told, values) if isinstance(told, str) else told
