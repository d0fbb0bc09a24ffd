"""A witness as c2sp.org/tlog-witness describes it, over real HTTP.

What it has signed lies in a file before it answers.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dingfen.register.notes import COSIGNATURE, Checkpoint, NoteError, SigningKey, VerifyKey, open_note
from dingfen.register.tree import verify_consistency


class Witness:
    """`logs` are the keys it trusts, by origin; `kept` the file with size and root by origin."""

    def __init__(self, name: str, kept: Path, logs: list[VerifyKey]) -> None:
        self.key = SigningKey.generate(name, COSIGNATURE)
        self.kept, self.logs = kept, logs
        self.lock = threading.Lock()
        self.answers: list[int] = []
        self.broken = 0  # so many requests are answered with 503
        self.url = ""

    def known(self, origin: str) -> tuple[int, str]:
        try:
            size, root = json.loads(self.kept.read_text())[origin]
        except (FileNotFoundError, KeyError):
            return 0, ""
        return int(size), str(root)

    def answer(self, body: str) -> tuple[int, str, str]:
        """(status, content type, body) of one `add-checkpoint`."""
        try:
            head, _, note = body.partition("\n\n")
            first, *path = head.split("\n")
            old, proof = (
                int(first.removeprefix("old ")),
                [base64.b64decode(one, validate=True) for one in path],
            )
            text = note.rpartition("\n\n")[0] + "\n"
            checkpoint = Checkpoint.parse(text)
        except (ValueError, NoteError):
            return 400, "text/plain", ""
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            return 404, "text/plain", ""
        try:
            open_note(note, logs)
        except NoteError:
            return 403, "text/plain", ""
        if old > checkpoint.size:
            return 400, "text/plain", ""
        with self.lock:
            size, root = self.known(checkpoint.origin)
            if old != size or (old == checkpoint.size and root != checkpoint.root.hex()):
                return 409, "text/x.tlog.size", f"{size}\n"
            if size and not verify_consistency(
                old=size,
                old_root=bytes.fromhex(root),
                new=checkpoint.size,
                new_root=checkpoint.root,
                path=proof,
            ):
                return 422, "text/plain", ""
            self.kept.write_text(json.dumps({checkpoint.origin: [checkpoint.size, checkpoint.root.hex()]}))
        return 200, "text/plain", self.key.sign(text, seconds=int(time.time()))

    @contextmanager
    def listening(self) -> Iterator[Witness]:
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if witness.broken:
                    witness.broken -= 1
                    status, kind, text = 503, "text/plain", ""
                elif self.path != "/add-checkpoint":
                    status, kind, text = 307, "text/plain", ""
                else:
                    status, kind, text = witness.answer(body)
                witness.answers.append(status)
                self.send_response(status)
                if status == 307:
                    self.send_header("Location", f"{witness.url}/add-checkpoint")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
