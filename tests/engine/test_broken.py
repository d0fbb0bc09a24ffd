"""Every kind of broken pack: a small file each, and a message that says where, what was expected and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from dingfen.engine.check import lint
from dingfen.engine.errors import PackErrors
from dingfen.engine.load import load_pack, load_with_places, place_of
from dingfen.engine.reference import flow
from dingfen.packs import pack_files
from dingfen.policies.findings import ERRORS, FINDINGS, TO_DO, error_text, finding_text, mend_text

FOLDER = Path(__file__).parent / "broken"
# Said of files as a whole, of scenarios, or of an installation: tried in test_load, test_packs and below.
OF_FILES = {
    "missing_file", "unknown_file", "not_a_mapping", "file_too_large", "value_does_not_fit", "no_topic",
    "overlay_adds",
}  # fmt: skip
OF_OTHERS = {
    "article_only_read",
    "article_without_scenario",
    "scenario_of_missing_topic",
    "scenario_of_unknown_article",
    "role_nobody_holds",
    "unverified",
    "language_missing_often",
}
# The lines of a part that may stand before the change in it: what lacks something is shown where it begins.
LINES_BEFORE = 20


@dataclass(frozen=True)
class Broken:
    code: str
    kind: str
    base: str
    file: str
    old: str
    new: str

    @property
    def files(self) -> dict[str, str]:
        files = pack_files(self.base)
        assert self.old in files[self.file], self.old
        return {**files, self.file: files[self.file].replace(self.old, self.new, 1)}

    @property
    def lines(self) -> range:
        """The lines of the change, and the line before it where something was taken away."""
        text = pack_files(self.base)[self.file]
        first = text[: text.index(self.old)].count("\n") + 1
        return range(first - (0 if self.new else 1), first + max(self.new.count("\n"), 1) + 1)


def read(path: Path) -> Broken:
    return Broken(path.stem, **YAML(typ="safe").load(path.read_text("utf-8")))


CASES = [read(path) for path in sorted(FOLDER.glob("*.yaml"))]
by_code = pytest.mark.parametrize("broken", [c for c in CASES if c.kind == "error"], ids=lambda c: c.code)


def test_every_code_has_its_file() -> None:
    have = {case.code for case in CASES}
    assert have == (set(ERRORS) | set(FINDINGS)) - OF_FILES - OF_OTHERS


@by_code
def test_an_error_names_file_line_key_what_is_right_and_a_suggestion(broken: Broken) -> None:
    with pytest.raises(PackErrors) as refusal:
        load_pack(broken.files, pack_files)
    found = [error for error in refusal.value.errors if error.message_code == broken.code]
    assert found, refusal.value
    (error, *_) = found
    assert error.file == broken.file
    assert error.accepted or broken.code in TO_DO
    for language in ("en", "zh-hans"):
        with override(language):
            assert len(error_text(error)) > 4
            assert "%(" not in error_text(error)
    assert broken.lines.start - LINES_BEFORE <= error.line < broken.lines.stop
    assert error.key or broken.code == "not_yaml"
    if broken.code in ("not_one_of", "unknown_key"):
        near = {"not_one_of": "customer", "unknown_key": "if_away"}[broken.code]
        with override("en"):
            assert f"Was {near} meant?" in error_text(error)


@pytest.mark.parametrize("broken", [c for c in CASES if c.kind == "finding"], ids=lambda c: c.code)
def test_a_finding_names_its_place_and_how_to_mend_it(broken: Broken) -> None:
    pack, source = load_with_places(broken.files, pack_files)
    (finding, *_) = [each for each in lint(pack) if each.code == broken.code]
    place = place_of(source, finding.where)
    assert place.file == broken.file
    for language in ("en", "zh-hans"):
        with override(language):
            text = finding_text(finding) + mend_text(finding)
            assert len(text) > 4
            assert "%(" not in text
    assert finding.example and "None" not in flow(dict(finding.example))


def test_a_pack_in_one_language_is_told_so_once() -> None:
    files = {name: re.sub("[一-鿿]", "x", text) for name, text in pack_files("us-cfpb").items()}
    found = [each for each in lint(load_pack(files)) if each.code.startswith("language_missing")]
    (finding,) = found
    assert finding.code == "language_missing_often" and finding.params["count"] > 20
    assert finding.where == "articles.0.title.zh" and len(finding.example["texts"]) == 5
    for language in ("en", "zh-hans"):
        with override(language):
            assert str(finding.params["count"]) in finding_text(finding) and len(mend_text(finding)) > 4


def test_roles_nobody_holds_are_named() -> None:
    held = {"receptionist", "salesperson", "head"}
    findings = lint(load_pack(pack_files("auto-dealer")), held=held)
    assert {(f.where, f.params["role"]) for f in findings if f.code == "role_nobody_holds"} == {
        ("ownership.decides.appeal.to", "general_manager")
    }
    every = lint(load_pack(pack_files("auto-dealer")), held={*held, "general_manager"})
    assert "role_nobody_holds" not in {finding.code for finding in every}


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=True)
    | st.text(max_size=12)
    | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
# a pack of each topic
OF_TOPICS = {
    "auto-dealer": "ownership.yaml",
    "company-complaints": "complaints.yaml",
    "bank-branch": "incidents.yaml",
    "difficult-customers": "conduct.yaml",
    "social-media": "care.yaml",
}
VALUES = [
    (base, number, match.group(1))
    for base, file in OF_TOPICS.items()
    for number, line in enumerate(pack_files(base)[file].splitlines())
    if (match := re.match(r"( +[a-z_]+: )\S", line))
]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(VALUES), junk)
def test_whatever_stands_for_a_value_gives_errors_of_the_loaders_own_kind(
    place: tuple[str, int, str], value: object
) -> None:
    from io import StringIO

    base, number, key = place
    written = StringIO()
    one_line = YAML()
    one_line.default_flow_style = True
    one_line.width = 10_000
    one_line.dump([value], written)
    lines = pack_files(base)[OF_TOPICS[base]].splitlines()
    lines[number] = key + written.getvalue().strip()[1:-1].replace("\n", " ")
    try:
        load_pack({**pack_files(base), OF_TOPICS[base]: "\n".join(lines)})
    except PackErrors as refusal:
        assert refusal.errors
