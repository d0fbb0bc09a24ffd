"""Texts for people: compile the catalogues, and find what is not translated.

`messages.py compile` writes the .mo files. `messages.py check` fails when a text used in code or a
template has no Simplified Chinese, when a translation loses a parameter, or when one is used nowhere.
English is the text in the code itself.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent / "src" / "dingfen"
LOCALES = SOURCE / "locale"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PARAMETER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")

Key = tuple[str | None, str]


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    for path in sorted(LOCALES.glob("*/zh_Hans/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale="zh_Hans")


def used() -> dict[Key, str]:
    """Every text with the place where it stands."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
    found: dict[Key, str] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html"), *SOURCE.rglob("*.txt")]):
        if "vendor" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = "\n".join(
                map(str.lstrip, templatize(text).splitlines())
            )  # it is read as if it were Python
        for line, message, _, context in extract("python", BytesIO(text.encode()), KEYWORDS, (), {}):
            ids = message if isinstance(message, tuple) else (message,)
            if ids[0]:
                found[(context, ids[0])] = f"{path.relative_to(SOURCE)}:{line}"
    return found


def compile_all() -> int:
    for path, catalogue in catalogues():
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)
    return 0


def parameters(text: str) -> set[str]:
    return {a or b for a, b in PARAMETER.findall(text)}


def check() -> int:
    faults: list[str] = []
    known: dict[Key, str] = {}
    needed = used()
    for path, catalogue in catalogues():
        for message in catalogue:
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            key = (message.context, ids[0])
            group = path.relative_to(LOCALES).parts[0]
            if not all(texts) or message.fuzzy:
                faults.append(f"{group}: not translated: {ids[0]!r}")
            elif key in known and known[key] != texts[0]:
                faults.append(f"{group}: two translations of {ids[0]!r}: {known[key]!r} and {texts[0]!r}")
            elif parameters(texts[0]) - parameters(" ".join(ids)):
                faults.append(f"{group}: parameters of {ids[0]!r} and {texts[0]!r} differ")
            elif key not in needed:
                faults.append(f"{group}: used nowhere: {ids[0]!r}")
            known[key] = texts[0]
    faults += [f"{place}: no Chinese for {key[1]!r}" for key, place in needed.items() if key not in known]
    print("\n".join(faults) or f"{len(needed)} texts, all in both languages")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit({"compile": compile_all, "check": check}[sys.argv[1]]())
