"""Checkpoints kept outside the database: a restored older copy is found out by them.

One JSON object a line, `{"size": …, "note": …}`, in DINGFEN_HOME/register/checkpoints.jsonl; it only grows.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from dingfen import keys
from dingfen.register.models import Checkpoint


def path() -> Path:
    return keys.home() / "register" / "checkpoints.jsonl"


def read() -> list[tuple[int, str]]:
    """(size, note) of each line; a torn last line, as a crash leaves it, is read over."""
    try:
        lines = path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found: list[tuple[int, str]] = []
    for line in lines:
        try:
            document = json.loads(line)
            found.append((int(document["size"]), str(document["note"])))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def keep() -> int:
    """Write down the checkpoints the file does not have yet, safely on disk; how many."""
    known = {note for _size, note in read()}
    lines = [
        json.dumps({"size": size, "note": note}, ensure_ascii=False) + "\n"
        for size, note in Checkpoint.objects.order_by("size").values_list("size", "note")
        if note not in known
    ]
    if lines:
        file = path()
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        torn = file.exists() and not file.read_bytes().endswith(b"\n") and file.stat().st_size > 0
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, (("\n" if torn else "") + "".join(lines)).encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return len(lines)
