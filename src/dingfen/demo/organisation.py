"""The companies and people of the demo."""

from __future__ import annotations

from dataclasses import dataclass, field

from dingfen.accounts.models import Role, RoleGrant, Staff, Unit
from dingfen.accounts.units import add_unit

PASSWORD = "dingfen-demo-2026"  # noqa: S105 - printed at start; the demo is for looking around

MAIL = {"YL": "yuanlan", "XH": "xinghe", "LT": "lanting"}
# username, name, Latin name, unit code, roles (role, unit code)
PEOPLE: list[tuple[str, str, str, str, list[tuple[str, str]]]] = [
    ("shen", "沈一诺", "Shen Yinuo", "CDE", [(Role.RECEPTIONIST, "CDE"), (Role.AGENT, "YL")]),
    ("lin", "林可欣", "Lin Kexin", "CDE1", [(Role.SALESPERSON, "CDE1")]),
    ("xu", "徐嘉言", "Xu Jiayan", "CXI1", [(Role.SALESPERSON, "CXI1")]),
    ("he", "何子墨", "He Zimo", "CDE1", [(Role.SALESPERSON, "CDE1")]),
    ("zhu", "周明轩", "Zhou Mingxuan", "CDE1", [(Role.SALESPERSON, "CDE1")]),
    ("jiang", "姜若琳", "Jiang Ruolin", "CDE1", [(Role.HEAD, "CDE")]),
    ("gu", "顾怀远", "Gu Huaiyuan", "CXI1", [(Role.HEAD, "CXI")]),
    ("fang", "方正平", "Fang Zhengping", "YL", [(Role.GENERAL_MANAGER, "YL"), (Role.ADMINISTRATOR, "YL")]),
    ("zhou", "周敏", "Zhou Min", "YL", [(Role.COMPLIANCE, "YL"), (Role.POLICY_OWNER, "YL")]),
    ("tang", "唐佳", "Tang Jia", "MT1", [(Role.SALESPERSON, "MT1")]),
    ("su", "苏曼", "Su Man", "MT2", [(Role.SALESPERSON, "MT2")]),
    ("meng", "孟晓岚", "Meng Xiaolan", "MT1", [(Role.HEAD, "MT1")]),
    ("gao", "高启元", "Gao Qiyuan", "MT2", [(Role.HEAD, "MT2")]),
    (
        "ouyang",
        "欧阳静",
        "Ouyang Jing",
        "XH",
        [(Role.GENERAL_MANAGER, "XH"), (Role.ADMINISTRATOR, "XH"), (Role.POLICY_OWNER, "XH")],
    ),
    ("wen", "温若兰", "Wen Ruolan", "LTS", [(Role.SALESPERSON, "LTS")]),
    ("cheng", "程以安", "Cheng Yian", "LTS", [(Role.HEAD, "LTS"), (Role.POLICY_OWNER, "LT")]),
    ("qiao", "乔松年", "Qiao Songnian", "LT", [(Role.GENERAL_MANAGER, "LT"), (Role.ADMINISTRATOR, "LT")]),
]


@dataclass
class Organisation:
    """Units by code and staff by username."""

    units: dict[str, Unit] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)


def build_units() -> dict[str, Unit]:
    dealer = add_unit(None, "company", "远澜汽车", "YL", name_en="Yuanlan Cars")
    media = add_unit(None, "company", "星河传媒", "XH", name_en="Xinghe Media")
    homes = add_unit(None, "company", "澜庭置业", "LT", name_en="Lanting Homes")
    zone = {"time_zone": "Asia/Shanghai"}
    east = add_unit(dealer, "site", "城东展厅", "CDE", name_en="East showroom", extension="8021", **zone)
    west = add_unit(dealer, "site", "城西展厅", "CXI", name_en="West showroom", extension="8022", **zone)
    office = add_unit(media, "site", "星河大厦", "XHD", name_en="Xinghe House", **zone)
    return {
        "YL": dealer,
        "XH": media,
        "CDE": east,
        "CXI": west,
        "XHD": office,
        "LT": homes,
        "LTS": add_unit(
            homes, "site", "澜庭售楼处", "LTS", name_en="Lanting sales desk", extension="7001", **zone
        ),
        "CDE1": add_unit(east, "team", "城东销售组", "CDE1", name_en="East sales", extension="8023"),
        "CXI1": add_unit(west, "team", "城西销售组", "CXI1", name_en="West sales", extension="8024"),
        "MT1": add_unit(
            office, "department", "品牌客户部", "MT1", name_en="Brand accounts", extension="6101"
        ),
        "MT2": add_unit(
            office, "department", "渠道客户部", "MT2", name_en="Channel accounts", extension="6102"
        ),
    }


def build() -> Organisation:
    """Create units, people, roles. Passwords are hashed once: they are all the same."""
    units = build_units()
    staff: dict[str, Staff] = {}
    hashed = ""
    for number, (username, name, latin, unit, roles) in enumerate(PEOPLE, 1):
        person = Staff(
            username=username,
            email=f"{username}@{MAIL[(units[unit].company or units[unit]).code]}.example",
            name=name,
            latin_name=latin,
            employee_number=f"E{number:03d}",
            company=units[unit].company,
            unit=units[unit],
        )
        if hashed:
            person.password = hashed
        else:
            person.set_password(PASSWORD)
            hashed = person.password
        person.save()
        RoleGrant.objects.bulk_create(
            RoleGrant(staff=person, role=role, unit=units[code]) for role, code in roles
        )
        staff[username] = person
    return Organisation(units, staff)
