"""A made-up CRM export: agents who work on the same accounts at the same time, some names spelt two ways.

Deterministic; nothing in it is taken from a real file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from dataclasses import dataclass

REGIONS = ("华东", "华南", "North")
MANAGERS = ("高文博", "罗佳怡", "Nora Whitfield", "曹立群", "Owen Pryce", "贺思远")
AGENTS = (
    "林泽", "白雪", "Ada Finch", "丁一凡", "欧阳晴", "Rhys Cole", "孔令飞", "梅子涵", "Ivy Marsh", "段誉辉",
    "司徒静", "Theo Lang",
)  # fmt: skip
ACCOUNTS = (
    "江南恒昌机械有限公司", "北辰数据科技有限公司", "青屿食品集团有限公司", "岭南远景物流有限公司",
    "Harbour Lane Foods", "Quillmark Systems", "云岫医疗器械有限公司", "Tidewater Optics",
    "松原新能源有限公司", "Bramble and Sons",
)  # fmt: skip
PRODUCTS = ("HX 200", "HX200", "Mira Pro", "MiraPro", "Lumen")


@dataclass(frozen=True, slots=True)
class Deal:
    agent: str
    product: str
    account: str
    stage: str
    engaged: dt.date
    closed: dt.date
    value: int


def deals(number: int = 120, seed: int = 7) -> list[Deal]:
    """`number` opportunities of two years; about two in three are won."""
    dice = random.Random(seed)
    made = []
    for _ in range(number):
        begun = dt.date(2024, 1, 1) + dt.timedelta(days=dice.randrange(600))
        closed = begun + dt.timedelta(days=dice.randrange(3, 130))
        won = dice.random() < 0.65
        made.append(
            Deal(
                dice.choice(AGENTS),
                dice.choice(PRODUCTS),
                dice.choice(ACCOUNTS),
                "Won" if won else "Lost",
                begun,
                closed,
                dice.randrange(40, 9000) if won else 0,
            )
        )
    return made


def _csv(header: list[str], rows: list[list[object]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def deals_file(made: list[Deal]) -> bytes:
    header = ["sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value"]
    return _csv(header, [
        [one.agent, one.product, one.account, one.stage, _american(one.engaged), _american(one.closed), one.value]
        for one in made
    ])  # fmt: skip


def _american(day: dt.date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def teams() -> list[tuple[str, str, str]]:
    """(agent, manager, region): two agents a manager, two managers a region."""
    return [(agent, MANAGERS[place // 2], REGIONS[place // 4]) for place, agent in enumerate(AGENTS)]


def teams_file() -> bytes:
    return _csv(["sales_agent", "manager", "regional_office"], [list(row) for row in teams()])


def accounts_file() -> bytes:
    rows: list[list[object]] = [[name, "贸易", 2001, "上海"] for name in ACCOUNTS]
    return _csv(["account", "sector", "year_established", "office_location"], rows)
