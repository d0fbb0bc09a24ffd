"""A look by a virus scanner (ClamAV's daemon) before a file is kept; off unless DINGFEN_CLAMD names one."""

from __future__ import annotations

import socket
import struct

from django.conf import settings

from dingfen.filetypes import refuse
from dingfen.problems import Problem

CHUNK = 1 << 16
WAIT = 30.0


def scan(content: bytes) -> bool:
    """Whether it was scanned (and is clean). Raises Problem `attachment.infected`, `attachment.unscanned` (503)."""
    where: str = settings.CLAMD
    if not where:
        return False
    try:
        said = _ask(where, content)
    except OSError as error:
        raise Problem("attachment.unscanned", 503) from error
    if said.endswith("FOUND"):
        raise refuse("attachment.infected")
    if not said.endswith("OK"):
        raise Problem("attachment.unscanned", 503)
    return True


def _ask(where: str, content: bytes) -> str:
    """The daemon's answer to INSTREAM, such as `stream: OK`."""
    with _connect(where) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            line.sendall(struct.pack("!I", len(part)) + part)
        line.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and (more := line.recv(4096)):
            answer += more
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _connect(where: str) -> socket.socket:
    host, _, port = where.rpartition(":")
    if host and port.isdigit():
        return socket.create_connection((host, int(port)), WAIT)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(WAIT)
    line.connect(where)
    return line
