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


# Complaint files: the columns of three usual exports, every row made up.

BANK_COLUMNS = (
    "Complaint ID", "Submitted via", "Date submitted", "Date received", "State", "Product", "Sub-product", "Issue",
    "Sub-issue", "Company public response", "Company response to consumer", "Timely response?",
)  # fmt: skip
BANK_PRODUCTS = (
    "Mortgage", "Checking or savings account", "Debt collection", "Student loan", "Credit card or prepaid card",
)  # fmt: skip


def bank_file(number: int = 60, seed: int = 5, last: dt.date = dt.date(2023, 8, 28)) -> bytes:
    """Complaints about a bank that is not there. One in nine late; those of the last weeks are in progress."""
    dice = random.Random(seed)
    out = io.StringIO()
    writer = csv.DictWriter(out, BANK_COLUMNS)
    writer.writeheader()
    for place in range(number):
        received = last - dt.timedelta(days=(number - place) * 3)
        going_on = place >= number - 8
        row = dict.fromkeys(BANK_COLUMNS, "") | {
            "Complaint ID": str(7_000_000 + place),
            "Submitted via": dice.choice(("Web", "Referral", "Phone", "Postal mail")),
            "Date received": received.isoformat(),
            "Product": dice.choice(BANK_PRODUCTS),
            "Issue": dice.choice(("A fee nobody mentioned", "The branch lost the form")),
            "Company response to consumer": "In progress" if going_on else dice.choice(
                ("Closed with explanation", "Closed with monetary relief", "Closed")),
            "Timely response?": "" if going_on else ("No" if place % 9 == 4 else "Yes"),
        }  # fmt: skip
        writer.writerow(row)
    return out.getvalue().encode()


def petitions_file() -> bytes:
    """Three messages to an office and its answers: after two days, after forty, and none yet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"])
    words = "\n\t\t　　小区门口的路灯坏了一个月，\n晚上看不见路。"
    for row in (
        ("9001", "U0071", "路灯坏了没人修", "2025/3/3 9:10:05", words, "已更换，谢谢您。", "2025/3/5 16:00"),
        ("9002", "U0072", "站牌字迹不清", "2025/3/3 10:00", "站牌看不清。", "已重新制作。", "2025/4/12 9:00"),
        ("9003", "U0073", "楼上漏水物业不管", "2025/3/4 10:00", "漏水三周了。", "", ""),
    ):
        writer.writerow(row)
    return out.getvalue().encode()


def car_file() -> bytes:
    """Four complaints about cars, in GBK as such lists are exported."""
    rows = [
        "id,投诉品牌,投诉车系,投诉车型,问题简述,典型问题,投诉时间,投诉状态",
        '70001,云驰汽车,云驰 S5,2024款 1.5T 自动 舒适型,云驰 S5 变速箱顿挫 4S 店推诿,"B12,C300,",2024-06-18,处理反馈',
        '70002,云驰汽车,云驰 S5,2024款 1.5T 自动 舒适型,云驰 S5 中控黑屏,"L31,",2024-06-18,信息审核',
        '70003,青岚汽车,青岚 E3,2023款 长续航版,青岚 E3 续航缩水,"K9,",2024-06-19,用户评分',
        '70004,青岚汽车,青岚 E3,2023款 长续航版,青岚 E3 天窗异响,"H88,",2024-06-31,用户评分',
    ]
    return "\r\n".join(rows).encode("gb18030")
