"""Invented customers and mistyped copies of them, the same for the same seed.

Nothing here is taken from the matcher: names are built from characters drawn by rank (the k-th comes about 1/k
as often), firms from two or three brand characters, and the mistakes are those of fingers and forms: a digit
replaced or two swapped, a character replaced by any other or left out, a field left blank or moved, another
spelling of the legal form, town or number. Each copy gets one to three of them. One new record in six is a
look-alike of a stored one: namesake in its town, or its brand with another trade.
"""

from __future__ import annotations

from random import Random

SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "英华玉明秀文红建志丽海云军国春平林永生新荣光桂金立成清中东学才庆安天祥福晓宝洪水振少凤瑞德"
    "忠和培祖俊世雅婷浩宇轩涵梓欣怡佳琪思雨嘉诗语晨曦睿泽"
)
BRAND = (
    "鼎盛瑞丰宏达百川新源泰康嘉禾景远腾翔博越捷诚信恒昌荣兴润泽天启联拓朗清岚芯维尚优品凯撒科锐佰特帝森蓝图"
)
TRADES = [
    "科技",
    "贸易",
    "电子商务",
    "建筑工程",
    "汽车服务",
    "物流",
    "餐饮管理",
    "文化传媒",
    "医疗器械",
    "机械设备",
    "装饰工程",
    "教育咨询",
    "食品",
    "服饰",
]
FORMS = ("有限公司", "有限责任公司", "股份有限公司")
PLACES = [
    ("河北省", "石家庄市", "长安区 桥西区 裕华区"), ("江苏省", "南京市", "玄武区 鼓楼区 江宁区"),
    ("浙江省", "宁波市", "海曙区 江北区 鄞州区"), ("山东省", "青岛市", "市南区 崂山区 黄岛区"),
    ("湖北省", "武汉市", "江岸区 武昌区 洪山区"), ("四川省", "成都市", "锦江区 青羊区 武侯区"),
    ("陕西省", "西安市", "碑林区 雁塔区 未央区"), ("福建省", "厦门市", "思明区 湖里区 集美区"),
]  # fmt: skip
ROADS = [
    "人民",
    "解放",
    "中山",
    "建设",
    "和平",
    "长江",
    "新华",
    "文化",
    "胜利",
    "友谊",
    "迎宾",
    "滨河",
    "学府",
    "兴业",
]
HEADER = ["id", "姓名", "公司", "手机", "邮箱", "微信", "省", "市", "区", "地址", "车牌"]
Row = list[str]


def base(count: int, seed: int) -> list[Row]:
    random = Random(f"base {seed}")
    return [customer(f"a{number}", random) for number in range(count)]


def customer(name: str, random: Random) -> Row:
    person = _ranked(SURNAMES, random) + "".join(
        _ranked(GIVEN, random) for _ in range(random.choice((1, 2, 2, 2)))
    )
    region, city, districts = random.choice(PLACES)
    firm = ""
    if random.random() < 0.55:
        town = city[:2] if random.random() < 0.8 else ""
        firm = f"{town}{_brand(random)}{random.choice(TRADES)}{random.choice(FORMS)}"
    phone = f"1{random.choice('3456789')}{random.randrange(10**9):09d}"
    mail = f"{_letters(random)}{random.randrange(1000)}@example.{random.choice(('com', 'cn', 'net'))}"
    chat = phone if random.random() < 0.4 else f"{_letters(random)}_{random.randrange(10000)}"
    street = f"{random.choice(ROADS)}{random.choice(('路', '街', '大道'))}{random.randrange(1, 1500)}号"
    if random.random() < 0.5:
        street += f"{random.randrange(1, 30)}栋{random.randrange(101, 2900)}室"
    plate = f"冀A{random.randrange(10**5):05d}" if random.random() < 0.2 else ""
    return [name, person, firm, phone, mail if random.random() < 0.4 else "", chat if random.random() < 0.5 else "",
            region, city, random.choice(districts.split()), street, plate]  # fmt: skip


def retyped(row: Row, name: str, seed: int) -> Row:
    """A copy with one to three mistakes."""
    random = Random(f"copy {seed} {name}")
    copy = [name, *row[1:]]
    for _ in range(random.choice((1, 1, 2, 3))):
        random.choice(_MISTAKES)(copy, random)
    return copy


def lookalike(row: Row, name: str, random: Random) -> Row:
    """Somebody else: a namesake in the same town, or the same brand in another line of business."""
    other = customer(name, random)
    if row[2]:
        other[2] = next(row[2].replace(trade, random.choice(TRADES)) for trade in TRADES if trade in row[2])
    else:
        other[1], other[2] = row[1], ""
    other[6:9] = row[6:9]
    return other


def queries(rows: list[Row], count: int, seed: int) -> tuple[list[Row], dict[str, str]]:
    """Half retyped customers, a sixth look-alikes, a third new; and whom each retyped one is."""
    random = Random(f"queries {seed}")
    asked, truth = [], {}
    for number in range(count):
        name, row = f"q{number}", random.choice(rows)
        draw = random.random()
        if draw < 0.5:
            asked.append(retyped(row, name, seed))
            truth[name] = row[0]
        else:
            asked.append(lookalike(row, name, random) if draw < 2 / 3 else customer(name, random))
    return asked, truth


def _ranked(chars: str, random: Random) -> str:
    return chars[min(int(len(chars) ** random.random()) - 1 + random.randrange(2), len(chars) - 1)]


def _brand(random: Random) -> str:
    return "".join(random.choice(BRAND) for _ in range(random.choice((2, 2, 3))))


def _letters(random: Random) -> str:
    return "".join(random.choice("abcdefghijklmnoprstuvwxyz") for _ in range(random.randrange(5, 9)))


def _phone_digit(row: Row, random: Random) -> None:
    if row[3]:
        place = random.randrange(2, len(row[3]))
        row[3] = row[3][:place] + random.choice("0123456789") + row[3][place + 1 :]


def _phone_swap(row: Row, random: Random) -> None:
    if row[3]:
        place = random.randrange(2, len(row[3]) - 1)
        row[3] = row[3][:place] + row[3][place + 1] + row[3][place] + row[3][place + 2 :]


def _phone_other(row: Row, random: Random) -> None:
    row[3] = f"1{random.choice('3456789')}{random.randrange(10**9):09d}"


def _phone_written(row: Row, random: Random) -> None:
    row[3] = (
        f"{random.choice(('+86 ', '0086-', ''))}{row[3][:3]}{random.choice(' -.')}{row[3][3:7]} {row[3][7:]}"
    )


def _name_character(row: Row, random: Random) -> None:
    if len(row[1]) > 1:
        place = random.randrange(len(row[1]))
        row[1] = row[1][:place] + random.choice(GIVEN) + row[1][place + 1 :]


def _name_title(row: Row, random: Random) -> None:
    row[1] = row[1][:1] + random.choice(("总", "先生", "女士", "经理"))


def _firm_short(row: Row, random: Random) -> None:
    for form in FORMS:
        row[2] = row[2].removesuffix(form)


def _firm_other(row: Row, random: Random) -> None:
    if row[2]:
        row[1], row[3], row[4], row[5] = _ranked(SURNAMES, random) + _ranked(GIVEN, random), "", "", ""


def _firm_character(row: Row, random: Random) -> None:
    if len(row[2]) > 4:
        place = random.randrange(2, len(row[2]))
        row[2] = row[2][:place] + random.choice(BRAND) + row[2][place + 1 :]


def _blank(row: Row, random: Random) -> None:
    row[random.choice((2, 4, 5, 6, 8, 9, 10))] = ""


def _room(row: Row, random: Random) -> None:
    row[9] = row[9].partition("号")[0] + "号" if row[9] else ""


def _town(row: Row, random: Random) -> None:
    row[7], row[6] = row[7].removesuffix("市"), ""


_MISTAKES = (
    _phone_digit, _phone_swap, _phone_other, _phone_written, _name_character, _name_title,
    _firm_short, _firm_other, _firm_character, _blank, _room, _town,
)  # fmt: skip
