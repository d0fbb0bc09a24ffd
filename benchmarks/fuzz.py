"""The loader, the scenarios and the draft under atheris: `python -m benchmarks.fuzz [libFuzzer options]`.

Needs `pip install dingfen[fuzz]`. An input is the name of a shipped file, a NUL and its text (what the seeds are),
or any text, for the draft. Whatever comes in, errors of the loader's own kind go out and nothing else. A run of five
minutes: `python -m benchmarks.fuzz -max_total_time=300`; findings are written to build/fuzz.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path("build/fuzz")
PACKS = ("media-sales", "auto-dealer", "contact-centre", "social-media", "difficult-customers", "mall")
SECONDS = 10  # longer for one input counts as a finding


def seeds(folder: Path) -> None:
    """One file for each file of the packs, in the form of an input."""
    from dingfen.packs import pack_files

    folder.mkdir(parents=True, exist_ok=True)
    for pack in PACKS:
        for name, text in pack_files(pack).items():
            place = folder / f"{pack}-{name.replace('/', '-')}"
            place.write_bytes(f"{pack}/{name}\0{text}".encode())


def one_input(data: bytes) -> None:
    """Read one input as what its head says; anything but the loader's own errors goes through."""
    from dingfen.engine.draft import draft
    from dingfen.engine.errors import PackErrors
    from dingfen.engine.load import dump, from_canonical, load_pack
    from dingfen.engine.scenarios import read_scenarios
    from dingfen.packs import pack_files

    head, _, body = data.partition(b"\0")
    pack, _, name = head.decode("utf-8", "replace").partition("/")
    text = body.decode("utf-8", "replace")
    if pack not in PACKS:
        draft(data[:20_000].decode("utf-8", "replace"))
        return
    files = dict(pack_files(pack))
    try:
        if name.startswith("scenarios"):
            read_scenarios({name: text})
        else:
            rules = {file: own for file, own in files.items() if not file.startswith("scenarios")}
            loaded = load_pack({**rules, name: text})
            assert from_canonical(dump(loaded)) == loaded
    except PackErrors as wrong:
        assert str(wrong)


def changed(data: bytes, size: int, seed: int) -> bytes:
    """As people go wrong: a line gone, twice, moved, indented otherwise, or another value after the colon."""
    random = Random(seed)
    head, _, body = data.partition(b"\0")
    lines = body.split(b"\n")
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        at = random.randrange(len(lines))
        how = random.randrange(6)
        if how == 0:
            del lines[at : at + random.choice((1, 1, 3))]
        elif how == 1:
            lines.insert(random.randrange(len(lines) + 1), lines[at])
        elif how == 2:
            lines[at] = b" " * random.randrange(5) + lines[at].lstrip()
        elif how == 3:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        else:
            words = _VALUE.split(lines[at])
            words[random.randrange(len(words))] = random.choice(ODD)
            lines[at] = b"".join(words)
        lines = lines or [b""]
    return (head + b"\0" + b"\n".join(lines))[:size]


_VALUE = re.compile(rb"(?<=: )|(?<=[\[{,])|(?=[,}\]])")
_WORDS = "null ~ -1 0 1e999 .nan true [] {} [[]] ' ( - ?x 1_000 0x10 grade== (((((( [*a] &a !!python/name:os 2026-13-40"
ODD = (
    *_WORDS.encode().split(),
    b"",
    b'"',
    b"? x",
    b"5 days",
    b"9" * 20 + b" days",
    b"2026-02-30 25:61",
    b"not not not x",
    b"<<: {a: 1}",
    b"a: b: c",
    b"max(visits) - min(visits) > 1e309",
    b"days" * 40,
    "\u202e零".encode(),
)  # fmt: skip


def main(arguments: list[str]) -> None:
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["dingfen.engine"]):
        one_input(b"")
    seeds(FOLDER / "seeds")
    found, corpus = FOLDER / "found", FOLDER / "corpus"
    for folder in (found, corpus):
        folder.mkdir(parents=True, exist_ok=True)

    texts = [file.read_bytes() for file in sorted((FOLDER / "seeds").iterdir())]

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        """A shipped file changed half of the time: coverage alone forgets the long ones."""
        if seed % 4 == 0:
            return bytes(atheris.Mutate(data, size))
        return changed(texts[seed // 4 % len(texts)] if seed % 4 > 1 else data, size, seed)

    options = [
        f"-artifact_prefix={found}/",
        f"-timeout={SECONDS}",
        "-max_len=40000",
        "-len_control=0",
        *arguments,
    ]
    atheris.Setup(
        [sys.argv[0], *options, str(corpus), str(FOLDER / "seeds")], one_input, custom_mutator=mutate
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
