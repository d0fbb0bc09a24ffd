"""`dingfen policy`: on shipped packs and on folders, in words and in JSON, with exit codes scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dingfen.cli.main import main
from dingfen.engine.load import load_pack
from dingfen.engine.scenarios import read_scenarios
from dingfen.packs import SHIPPED, pack_files, scenario_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    for name, text in pack_files("auto-dealer").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name, text in scenario_files("auto-dealer").items():
        (tmp_path / "scenarios" / name).write_text(text, encoding="utf-8")
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["policy", *arguments])
    return code, capsys.readouterr().out


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code, out = run(capsys, *arguments, "--json")
    return code, json.loads(out)


def test_list_names_the_shipped_packs(capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = run_json(capsys, "list")
    assert code == 0
    assert [row["id"] for row in rows] == list(SHIPPED)
    assert all(len(row["digest"]) == 64 for row in rows)
    assert "汽车经销商客户归属办法" in run(capsys, "list", "--language", "zh")[1]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_packs_are_clean_and_pass(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, findings = run_json(capsys, "lint", name)
    assert (code, {each["severity"] for each in findings}) == (0, {"info"})
    code, outcomes = run_json(capsys, "test", name)
    assert code == 0
    assert all(each["passed"] for each in outcomes)


def test_an_error_of_lint_is_told_in_both_languages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "ownership.yaml", "from: follow_up_due", "from: last_effective_follow_up")
    code, out = run(capsys, "lint", str(folder), "--language", "en")
    assert code == 1
    assert (
        "Grade C: the registration lapses after 5 days, before its follow-up falls due every 30 days." in out
    )
    code, findings = run_json(capsys, "lint", str(folder))
    assert code == 1
    assert findings[0]["code"] == "lapse_before_follow_up_due"


def test_an_unreadable_pack_is_located(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "ownership.yaml", "award: is_owner", "award: is_ower")
    code, out = run(capsys, "lint", str(folder), "--language", "en")
    assert code == 1
    assert out.startswith(
        "ownership.yaml:78:21: ownership.principles.3.then.award: There is no fact is_ower."
    )
    code, (error,) = run_json(capsys, "test", str(folder))
    assert code == 1
    assert (error["file"], error["line"], error["code"]) == ("ownership.yaml", 78, "unknown_fact")


def test_a_scenario_that_no_longer_holds_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(
        folder / "ownership.yaml", "amount: 100 CNY}, {kind: head_decides", "amount: 100 CNY}, {kind: warning"
    )
    code, outcomes = run_json(capsys, "test", str(folder))
    assert code == 1
    failed = {each["id"]: each["differences"][0]["key"] for each in outcomes if not each["passed"]}
    again = {"asked-the-customer-again", "turned-a-colleagues-customer-away-again", "concealed-again"}
    assert failed == dict.fromkeys(again, "sanctions")
    assert "✗ concealed-again" in run(capsys, "test", str(folder))[1]


def test_a_pack_without_scenarios_does_not_pass(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (folder / "scenarios").iterdir():
        path.unlink()
    assert run(capsys, "test", str(folder))[0] == 1


def test_the_rule_book_goes_to_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "render", str(folder), "--language", "zh", "--out", str(folder / "book.md"))
    assert (code, out) == (0, "")
    assert "### 第九条　登记失效 `OWN-9`" in (folder / "book.md").read_text("utf-8")


def test_differences_name_value_and_article(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(folder / "ownership.yaml", "take_per_day: 10", "take_per_day: 12")
    code, out = run(capsys, "diff", "auto-dealer", str(folder))
    assert (code, out) == (0, "ownership.pool.take_per_day [OWN-21]: 10 → 12\n")


def test_no_pack_at_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "lint", "nowhere"]) == 2
    assert "no folder, and no shipped pack" in capsys.readouterr().err


def test_the_list_counts_what_each_pack_holds(capsys: pytest.CaptureFixture[str]) -> None:
    code, rows = run_json(capsys, "list")
    assert code == 0 and [row["id"] for row in rows] == list(SHIPPED)
    for row in rows:
        pack = load_pack(pack_files(row["id"]), pack_files)
        assert row["articles"] == len(pack.articles)
        assert row["scenarios"] == len(read_scenarios(scenario_files(row["id"])))
        assert row["rules"] > row["clocks"] >= 0
        assert row["clean"] is (row["errors"] == 0) is True
    code, out = run(capsys, "list", "--language", "en")
    assert code == 0 and "auto-dealer" in out and "scenarios" in out.splitlines()[0]


def test_a_story_is_tried(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = tmp_path / "story.yaml"
    story.write_text(
        "staff: {li: east, wang: west}\nevents:\n"
        "  - {at: 2026-01-05 09:14, who: li, what: registered, grade: A}\n"
        "  - {at: 2026-01-06 16:00, who: wang, what: deal}\n",
        encoding="utf-8",
    )
    code, found = run_json(capsys, "try", "auto-dealer", str(story))
    assert code == 0 and found["ruling"]["holder"] == "li"
    assert found["found"]["decisive"] == found["ruling"]["decisive_rule"]
    story.write_text("staff: [", encoding="utf-8")
    assert run(capsys, "try", "auto-dealer", str(story))[0] == 2
    story.write_text("events: [{at: 2026-01-05 09:14, who: li, what: danced}]", encoding="utf-8")
    code, out = run(capsys, "try", "auto-dealer", str(story))
    assert code == 1 and "not_one_of" in out
