"""`dingfen import customers|touches|deals|staff|complaints FILE`: bring data in, in the foreground."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dingfen.cli.setup import start as start_django

if TYPE_CHECKING:
    from dingfen.accounts.models import Unit
    from dingfen.imports.models import ImportJob

KINDS = ("customers", "touches", "deals", "staff", "complaints")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, help="导入什么 / what the rows are")
    parser.add_argument(
        "file", type=Path, help="CSV、TSV 或 Excel；可为 .gz / CSV, TSV or Excel, UTF-8 or GB18030; .gz too"
    )
    parser.add_argument(
        "--map", type=Path, metavar="M.yaml", help="列对应（YAML） / which column is which field"
    )
    parser.add_argument(
        "--shipped", metavar="NAME", help="随附的列对应，如 crm-deals / a mapping that comes with Dingfen"
    )
    parser.add_argument(
        "--company", metavar="CODE", help="公司代码 / code of the company, where there are several"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="试运行，不写入 / try every row and keep nothing"
    )
    parser.add_argument(
        "--error-file",
        type=Path,
        metavar="F.csv",
        help="未导入的行及原因写入此文件 / write rows left out, with reasons",
    )
    parser.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="语言 / language")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """0: every row is in (or would be); 1: some were left out; 2: the file, mapping or company won't do."""
    start_django()
    from django.utils.translation import override

    from dingfen.problems import Problem
    from dingfen.wording import field_errors, problem_text

    with override("en" if options.lang == "en" else "zh-hans"):
        try:
            job = _import(options)
        except Problem as problem:
            faults = field_errors(problem)
            if options.json:
                print(json.dumps({"problem": problem.code, "errors": faults}, ensure_ascii=False))
            else:
                print(problem_text(problem), file=sys.stderr)
                for place, texts in faults.items():
                    print(f"  {place}: {' '.join(texts)}", file=sys.stderr)
            return 2
        except OSError as error:
            print(f"{options.file}: {error.strerror}", file=sys.stderr)
            return 2
        _show(job, options)
        return 1 if job.failed else 0


def _import(options: argparse.Namespace) -> ImportJob:
    from django.utils import timezone

    from dingfen.accounts.actor import system_actor
    from dingfen.imports import actions, running, shipped
    from dingfen.imports.mapping import parse

    company = _company(options.company)
    actor = system_actor(company, "cli")
    job = actions.upload(
        actor=actor,
        at=timezone.now(),
        kind=options.kind,
        file_name=options.file.name,
        content=options.file.read_bytes(),
        unit=company,
    )
    text = options.map.read_text("utf-8") if options.map else None
    if options.shipped:
        text = shipped.text_of(options.shipped)
    if text is not None:
        job = actions.map_columns(actor=actor, at=timezone.now(), job_uid=job.uid, mapping=parse(text))
    begin = actions.check if options.dry_run else actions.start
    job = begin(actor=actor, at=timezone.now(), job_uid=job.uid)
    return running.run_to_end(job, timezone.now, None if options.json else _progress)


def _company(code: str | None) -> Unit:
    from dingfen.accounts.models import Unit
    from dingfen.problems import invalid

    companies = Unit.objects.filter(parent=None)
    found = list(companies.filter(code=code) if code else companies[:2])
    if len(found) != 1:
        known = list(companies.values_list("code", flat=True))
        raise invalid({"--company": [("choice.unknown", {"choices": known})]})
    return found[0]


def _progress(job: ImportJob) -> None:
    if sys.stderr.isatty():
        print(f"\r{job.position}/{job.total}", end="", file=sys.stderr, flush=True)


def result(job: ImportJob) -> dict[str, Any]:
    """What an import did, for scripts."""
    return {
        "job": str(job.uid),
        "state": job.state,
        "rows": job.total,
        "done": job.done,
        "skipped": job.skipped,
        "failed": job.failed,
        **job.report,
    }


def _show(job: ImportJob, options: argparse.Namespace) -> None:
    from dingfen.imports import errors

    if options.error_file and job.failed:
        with options.error_file.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(errors.table(job))
    if options.json:
        faults = [
            {
                "row": row.number,
                "errors": [{**one, "text": errors.text(row.number, one)} for one in row.errors],
            }
            for row in errors.failed(job)[:1000]
        ]
        print(json.dumps({**result(job), "errors": faults}, ensure_ascii=False))
        return
    print(errors.summary(job))
    for row in errors.failed(job)[:50]:
        for one in row.errors:
            print("  " + errors.text(row.number, one))
