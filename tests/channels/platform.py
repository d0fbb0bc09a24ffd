"""A server that answers as the platforms' documents say, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Platform(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], dict[str, str], bytes]] = []
        self.status = 200
        self.answers: dict[str, Any] = {
            "/cgi-bin/gettoken": {"errcode": 0, "access_token": "w-token", "expires_in": 7200},
            "/cgi-bin/message/send": {"errcode": 0, "errmsg": "ok", "invaliduser": ""},
            "/v1.0/oauth2/accessToken": {"accessToken": "d-token", "expireIn": 7200},
            "/v1.0/robot/oToMessages/batchSend": {"processQueryKey": "k", "invalidStaffIdList": []},
            "/open-apis/auth/v3/tenant_access_token/internal": {
                "code": 0, "tenant_access_token": "f-token", "expire": 7200,
            },
            "/open-apis/im/v1/messages": {"code": 0, "msg": "success", "data": {}},
        }  # fmt: skip

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def bodies(self, path: str) -> list[Any]:
        return [json.loads(body) for asked, _, _, body in self.asked if asked == path]


class _Handler(BaseHTTPRequestHandler):
    server: Platform

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((parts.path, dict(parse_qsl(parts.query)), headers, body))
        given = self.server.answers.get(parts.path, {})
        answer = given if isinstance(given, bytes) else json.dumps(given).encode()
        self.send_response(self.server.status)
        self.send_header(
            "Content-Type", "application/octet-stream" if given is answer else "application/json"
        )
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def platform() -> Iterator[Platform]:
    server = Platform()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
