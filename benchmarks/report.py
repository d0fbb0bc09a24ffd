"""Every figure is one JSON line in build/bench.jsonl, and one line on the screen."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

FILE = Path("build/bench.jsonl")


def report(name: str, value: object, unit: str, goal: object = None, **more: object) -> None:
    """Append one figure. `goal` is what it must reach, when something names one."""
    line = {"name": name, "value": value, "unit": unit, "goal": goal, **more}
    line["at"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    FILE.parent.mkdir(parents=True, exist_ok=True)
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(
        f"{name:48} {value} {unit}" + (f"  (goal {goal})" if goal is not None else ""), more or "", flush=True
    )
