"""`dingfen conflict check`: does anyone hold this customer? The same check as on the page and in the API."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from dingfen.cli.setup import start

FIELDS = {
    "name": "姓名 / name",
    "phone": "电话 / phone",
    "email": "邮箱 / e-mail",
    "wechat": "微信 / WeChat",
    "plate": "车牌 / plate",
    "vin": "车架号 / VIN",
    "company-name": "单位 / company name",
    "credit-code": "统一社会信用代码 / credit code",
    "scope": "产品或项目 / product or project",
}
ANSWERS = {
    "free": ("无人归属。", "Free."),
    "mine": ("您的客户。", "Yours."),
    "held": ("已有归属。", "Held."),
    "possible": ("可能已有归属（把握 {sure}%）。", "Possibly held ({sure}% sure)."),
}


def add(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="part", metavar="PART", required=True)
    check = parts.add_parser("check", help="撞单检测 / does anyone hold this customer?")
    for name, text in FIELDS.items():
        check.add_argument(f"--{name}", default="", help=text)
    check.add_argument("--company", default="", metavar="CODE", help="公司代码 / code of the company")
    check.add_argument("--as", dest="username", default="", metavar="USER", help="以谁的身份 / as whom")
    check.add_argument("--json", action="store_true", help="供程序读取 / for programs")
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    """Exit code 0: answered; 1: refused or not understood; 2: no such company or person."""
    start()
    from django.utils import timezone

    from dingfen.ownership.queries import check_conflict
    from dingfen.problems import Problem
    from dingfen.wording import field_errors, problem_text

    at = timezone.now()
    actor = _actor(options, at)
    if actor is None:
        print("没有这家公司或这位员工 / no such company or person", file=sys.stderr)
        return 2
    asked = {name.replace("-", "_"): getattr(options, name.replace("-", "_")) for name in FIELDS}
    try:
        answer = check_conflict(actor=actor, at=at, **asked)
    except Problem as problem:
        if options.json:
            print(json.dumps({"code": problem.code, "errors": field_errors(problem)}, ensure_ascii=False))
        else:
            lines = [
                str(problem_text(problem)),
                *(t for texts in field_errors(problem).values() for t in texts),
            ]
            print("\n".join(lines), file=sys.stderr)
        return 1
    _print(options, answer)
    return 0


def _actor(options: argparse.Namespace, at: Any) -> Any:
    from dingfen.accounts.actor import actor_for, system_actor
    from dingfen.accounts.models import Staff, Unit

    if options.username:
        staff = Staff.objects.select_related("unit", "company").filter(username=options.username).first()
        return actor_for(staff, at, "cli") if staff else None
    companies = Unit.objects.filter(parent=None)
    if options.company:
        companies = companies.filter(code=options.company)
    found = list(companies[:2])
    return system_actor(found[0], "cli") if len(found) == 1 else None


def _print(options: argparse.Namespace, answer: Any) -> None:
    told = {
        "answer": answer.answer,
        "sure": answer.sure,
        "until": answer.until.isoformat() if answer.until else None,
        "unit": answer.unit.name if answer.unit else None,
        "extension": answer.extension,
        "reasons": list(answer.reasons),
        "article": answer.article,
        "version": answer.version,
        "candidates": [
            {"sure": one.sure, "state": one.state, "reasons": list(one.reasons)} for one in answer.candidates
        ],
    }
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
        return
    zh, en = (text.format(sure=answer.sure) for text in ANSWERS[answer.answer])
    more = []
    if answer.unit:
        more.append(f"{answer.unit.name} {answer.unit.extension}".strip())
    if answer.until:
        more.append(f"{answer.until:%Y-%m-%d}")
    print(f"{zh} {en}" + (f" {' · '.join(more)}" if more else ""))
