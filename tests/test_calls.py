"""The guard of outgoing calls: which addresses may be called, and that the one checked is the one called."""

from __future__ import annotations

import ipaddress
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from dingfen import calls


@pytest.mark.parametrize(
    ("address", "outside", "own"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("10.0.0.8", False, True),
        ("172.31.9.9", False, True),
        ("192.168.1.20", False, True),
        ("100.64.0.1", False, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("fd12::1", False, True),
        ("::ffff:10.0.0.8", False, True),
        ("::ffff:169.254.169.254", False, False),
        ("169.254.169.254", False, False),
        ("169.254.3.4", False, False),
        ("100.100.100.200", False, False),
        ("fd00:ec2::254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("240.0.0.1", False, False),
        ("198.18.0.1", False, False),
        ("2002:0a00:0001::1", False, True),  # 6to4 of 10.0.0.1
    ],
)
def test_which_addresses_may_be_called(address: str, outside: bool, own: bool) -> None:
    found = ipaddress.ip_address(address)
    assert calls.allowed(found, own_network=False) is outside
    assert calls.allowed(found, own_network=True) is own


def looked_up(*addresses: str) -> Any:
    return lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]


def test_one_bad_address_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", looked_up("93.184.216.34", "10.0.0.8"))
    with pytest.raises(calls.CallRefused, match="inside"):
        calls.post("https://witness.example/x", b"")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://witness.example/", "scheme"),
        ("ftp://witness.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://a@witness.example/", "form"),
        ("https:///x", "form"),
        ("https://witness.example:99999/", "form"),
        ("https://witness.example/ x", "form"),
        ("https://witness.example/\r\nX: 1", "form"),
        ("https://127.0.0.1/", "inside"),
        ("https://[::1]/", "inside"),
    ],
)
def test_addresses_that_are_refused(url: str, code: str) -> None:
    with pytest.raises(calls.CallRefused, match=code):
        calls.post(url, b"")


def test_the_address_that_was_checked_is_the_one_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that points elsewhere the second time (rebinding) is looked up once."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers["Host"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lookups = []

    def lookup(host: str, port: int, *_a: Any, **_k: Any) -> Any:
        lookups.append(host)
        return looked_up("127.0.0.1" if len(lookups) == 1 else "169.254.169.254")()

    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: lookup(host, *a) if host == "rebind.example" else real(host, *a, **k),
    )
    try:
        url = f"http://rebind.example:{server.server_port}/x"
        assert calls.post(url, b"hello", own_network=True).status == 204
    finally:
        server.shutdown()
        server.server_close()
    assert lookups == ["rebind.example"]
    assert asked == [f"rebind.example:{server.server_port}"]
