"""Calls to other machines by an address a person typed: guarded, so that it never reaches what is not meant.

The name is looked up once; every address it stands for must be allowed; the connection goes to the one that
was checked. Redirects are not followed. Link-local and cloud metadata addresses are refused always, private
ones unless the caller says that the other side is known to stand on the own network.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_METADATA = frozenset(map(ipaddress.ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200")))
_OWN = tuple(
    map(
        ipaddress.ip_network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "fc00::/7",
            "::1/128",
        ),
    )
)
TIMEOUT = 10.0
LIMIT = 64 * 1024


class CallRefused(ValueError):
    """The address is not one that may be called; the text is a code: `scheme`, `form`, `unknown`, `inside`."""


class CallFailed(OSError):
    """The other side cannot be reached or does not speak HTTP."""


class TooLong(CallFailed):
    """The answer is longer than it may be."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content_type: str
    body: bytes


def allowed(address: Address, *, own_network: bool) -> bool:
    """Whether one IP address may be called."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None:  # what an IPv6 address stands for counts
        return allowed(inner, own_network=own_network)
    if address in _METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if own_network and any(address in net for net in _OWN if net.version == address.version):
        return True
    return address.is_global and not address.is_reserved


def resolve(host: str, port: int, *, own_network: bool) -> str:
    """The IP address to connect to. Raises `CallRefused`: one bad address among several refuses the name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallRefused("unknown") from error
    texts = [str(one[4][0]).partition("%")[0] for one in found]
    if not texts or not all(allowed(ipaddress.ip_address(text), own_network=own_network) for text in texts):
        raise CallRefused("inside")
    return texts[0]


def post(
    url: str, body: bytes, *, headers: Mapping[str, str] | None = None, own_network: bool = False
) -> Answer:
    """POST and return the answer, whatever its status. Plain http only on the own network.

    Raises `CallRefused`, `CallFailed`.
    """
    return _call("POST", url, body, headers or {}, own_network)


def get(
    url: str, *, headers: Mapping[str, str] | None = None, own_network: bool = False, limit: int = LIMIT
) -> Answer:
    """GET, guarded like `post`; more than `limit` bytes is `TooLong`. Raises `CallRefused`, `CallFailed`."""
    return _call("GET", url, b"", headers or {}, own_network, limit)


def _call(
    method: str, url: str, body: bytes, headers: Mapping[str, str], own_network: bool, limit: int = LIMIT
) -> Answer:
    parts, port = _parts(url, own_network)
    host = parts.hostname or ""
    address = resolve(host, port, own_network=own_network)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        return _send(method, parts.scheme, host, address, port, target, body, headers, limit)
    except TooLong:
        raise
    except (OSError, http.client.HTTPException) as error:
        raise CallFailed(f"{type(error).__name__}: {error}") from error


def check(url: str, *, own_network: bool = False) -> None:
    """Whether an address has a form that may be called; a name is looked up only when it is called.

    Raises `CallRefused`.
    """
    host = _parts(url, own_network)[0].hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not allowed(address, own_network=own_network):
        raise CallRefused("inside")


def _parts(url: str, own_network: bool) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise CallRefused("form") from error
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not own_network):
        raise CallRefused("scheme")
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise CallRefused("form")
    if any(ord(one) <= 32 or ord(one) == 127 for one in url):
        raise CallRefused("form")
    return parts, port


def _send(
    method: str,
    scheme: str,
    host: str,
    address: str,
    port: int,
    target: str,
    body: bytes,
    headers: Mapping[str, str],
    limit: int,
) -> Answer:
    with socket.create_connection((address, port), timeout=TIMEOUT) as plain:
        line: socket.socket = plain
        if scheme == "https":
            line = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        connection.sock = line
        try:
            connection.request(method, target, body, {"Connection": "close", **headers})
            answer = connection.getresponse()
            data = answer.read(limit + 1)
        finally:
            connection.close()
    if len(data) > limit:
        raise TooLong("the answer is too long")
    return Answer(answer.status, answer.headers.get_content_type(), data)
