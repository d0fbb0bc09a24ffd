"""A page shown again after a refusal: the form that was sent holds what was typed, each fault beneath its field.

Done on the finished page, so that no template of a page with thirty forms has to say it thirty times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

from django.http import QueryDict

OWN = frozenset({"csrfmiddlewaretoken", "version", "seen", "back"})
"""What the page says anew: never as it was sent."""
UNTYPED = frozenset({"hidden", "submit", "button", "file", "password", "image", "reset"})
Attributes = list[tuple[str, str | None]]
Change = tuple[int, int, str]
"""From, to (places in the page), what stands there from now on."""


@dataclass
class _Tag:
    """A start tag of a form: where it stands in the page, `end` past its last sign."""

    name: str
    has: dict[str, str | None]
    start: int
    end: int
    of: str = ""
    inner_end: int = 0

    @property
    def kind(self) -> str:
        return str(self.has.get("type") or "text")


@dataclass
class _Form:
    actions: set[str]
    folds: tuple[_Tag, ...]
    tags: list[_Tag] = field(default_factory=list)


class _Reader(HTMLParser):
    """Finds the forms of a page with their fields, and the folded parts they lie in."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]  # as the parser counts them
        self.forms: list[_Form] = []
        self.folds: list[_Tag] = []
        self.open: dict[str, _Tag] = {}
        self.form: _Form | None = None
        self.feed(page)

    def at(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        start = self.at()
        found = _Tag(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        if tag == "details":
            self.folds.append(found)
        elif tag == "form":
            self.form = _Form({_path(found.has.get("action"))}, tuple(self.folds))
            self.forms.append(self.form)
        elif self.form is not None and tag in ("input", "textarea", "select", "option", "button"):
            if tag == "option" and "select" in self.open:
                found.of = str(self.open["select"].has.get("name") or "")
            self.form.tags.append(found)
            if "formaction" in found.has:
                self.form.actions.add(_path(found.has["formaction"]))
            if tag in ("textarea", "select"):
                self.open[tag] = found

    def handle_endtag(self, tag: str) -> None:
        if tag == "details" and self.folds:
            self.folds.pop()
        elif tag == "form":
            self.form = None
        elif tag in self.open:
            self.open.pop(tag).inner_end = self.at()


def _path(address: str | None) -> str:
    return (address or "").partition("#")[0].partition("?")[0]


def refilled(page: str, path: str, typed: QueryDict, errors: Mapping[str, list[str]]) -> str:
    """The page with the form that was sent to `path` as it was typed, unfolded, its faults beneath the fields."""
    form = next((one for one in _Reader(page).forms if path in one.actions and _sent(one, typed)), None)
    if form is None:
        return page
    changes = [(fold.end - 1, fold.end - 1, " open") for fold in form.folds if "open" not in fold.has]
    told = set[str]()
    for tag in form.tags:
        name = str(tag.has.get("name") or "")
        first = name in errors and name not in told and tag.name != "button" and tag.kind not in UNTYPED
        changes += _changes(tag, typed, errors[name] if first else [])
        told |= {name} if first else set()
    for start, end, text in sorted(changes, reverse=True):
        page = page[:start] + text + page[end:]
    return page


def _sent(form: _Form, typed: QueryDict) -> bool:
    """Whether this is the form: of several to one address the hidden fields tell which."""
    hidden = [tag.has for tag in form.tags if tag.name == "input" and tag.kind == "hidden"]
    return all(
        str(one.get("value") or "") in typed.getlist(str(one["name"]))
        for one in hidden
        if one.get("name") and one["name"] not in OWN
    )


def _changes(tag: _Tag, typed: QueryDict, faults: list[str]) -> list[Change]:
    """What of a field is written anew: its value, its tick, the chosen option; its faults behind it."""
    has, changes = _filled(tag, typed), list[Change]()
    after = tag.end
    if tag.name in ("textarea", "select"):
        after = tag.inner_end + len(tag.name) + 3
        if tag.name == "textarea" and tag.has.get("name") in typed:
            changes.append((tag.end, tag.inner_end, "\n" + escape(str(typed[str(tag.has["name"])]))))
    if faults and tag.kind not in ("checkbox", "radio"):
        has |= {"class": f"{tag.has.get('class') or ''} is-invalid".strip(), "aria-invalid": "true"}
        shown = "".join(f'<p class="invalid-feedback">{escape(one)}</p>' for one in faults)
        changes.append((after, after, shown))
    if has != tag.has:
        told = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in has.items()
        )
        changes.append((tag.start, tag.end, f"<{tag.name}{told}>"))
    return changes


def _filled(tag: _Tag, typed: QueryDict) -> dict[str, str | None]:
    """The attributes of a field as it was sent."""
    has, name = dict(tag.has), str(tag.has.get("name") or "")
    if tag.name == "option":
        return _ticked(has, "selected", typed.getlist(tag.of)) if tag.of in typed and "value" in has else has
    if tag.name != "input" or not name or name in OWN or tag.kind in UNTYPED:
        return has
    if tag.kind in ("checkbox", "radio"):
        return _ticked(has, "checked", typed.getlist(name))
    return has | {"value": str(typed[name])} if name in typed else has


def _ticked(has: dict[str, str | None], word: str, sent: list[str]) -> dict[str, str | None]:
    rest = {name: value for name, value in has.items() if name != word}
    return {**rest, word: None} if str(has.get("value") or "") in sent else rest
