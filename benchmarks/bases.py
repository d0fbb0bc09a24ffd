"""Large bases with known truth: customers in copies, each copy typed by somebody with habits of their own.

Deterministic in (count, seed, mix). Nothing comes from the matcher but its table of pinyin (a fact, no rule). Brands
are those of `brands` where a list is given, else two to four characters drawn by rank; people's surnames fall off
as in the census (the k-th about 1/k). A seventh of the customers stand in the base two to four times. `MIXES` are
shares of mistakes: even, of people who retype phones, of offices that write firms in their own way.
Hard ones: the same brand in another town or trade, a namesake in the same district, one switchboard for many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from benchmarks.customers import ROADS, SURNAMES
from dingfen.matching.sounds import SOUNDS

HEADER = [
    "rid", "eid", "kind", "name", "company", "phone1", "phone2", "email", "wechat", "province", "city",
    "district", "address", "plate", "vin",
]  # fmt: skip
RID, EID, KIND, NAME, FIRM, PHONE, PHONE2, MAIL, CHAT, PROVINCE, CITY, DISTRICT, ADDRESS, PLATE, VIN = range(
    15
)
Row = list[str]

_BRAND = (
    "华中天金新宏盛鑫海大瑞泰德信恒达安隆源兴丰顺利康和美佳嘉诚永福祥东龙凯飞腾博远创科联合通力英才明亮光辉"
    "晨星云峰山水江河湖石林森木松柏竹梅兰菊青蓝紫红白玉宝珠翠银铂锦绣文雅思维智慧迪奥菲莱尔曼斯卡洛克特普"
    "乐欢喜悦欣荣昌茂旺吉庆正方圆立本元亨贞乾坤宇宙航宙润泽沐沃朗健勤勇卓越超凡品优尚良善民众邦国际环球"
)
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力建国玉华红梅春燕志云飞海波宇浩然子涵雨欣怡梓轩"
    "佳琪思颖晓东俊峰建平永生少华振国立新小红淑珍凤英慧玲雪松柏青山学文世杰家豪嘉怡诗涵一鸣天佑"
)
_TRADES_TEXT = (
    "科技 贸易 商贸 实业 电子 信息技术 网络科技 机械 建筑工程 装饰工程 汽车销售服务 物流 食品 餐饮管理 医药 "
    "医疗器械 教育咨询 文化传媒 广告 房地产开发 物业管理 投资管理 农业发展 化工 建材 服饰 家具 五金 环保科技 "
    "新能源 酒店管理 旅游 印刷 包装 生物科技 电子商务 机电设备 人力资源 园林绿化 珠宝"
)
_TRADES = _TRADES_TEXT.split()
_FORMS = [*["有限公司"] * 3, "有限责任公司", "股份有限公司", "集团有限公司", "商行", "经营部", "厂"]
_TOWNS = (
    "河北省 石家庄市 长安区 桥西区 正定县|河北省 唐山市 路南区 丰润区 迁安市|山西省 太原市 小店区 迎泽区|辽宁省 沈阳市 "
    "和平区 铁西区 沈河区|辽宁省 大连市 中山区 甘井子区|吉林省 长春市 南关区 宽城区|黑龙江省 哈尔滨市 道里区 南岗区|"
    "江苏省 南京市 玄武区 秦淮区 江宁区|江苏省 苏州市 姑苏区 吴江区 昆山市|江苏省 无锡市 梁溪区 江阴市|浙江省 杭州市 "
    "西湖区 余杭区 萧山区|浙江省 宁波市 海曙区 慈溪市|浙江省 温州市 鹿城区 乐清市|安徽省 合肥市 蜀山区 包河区|福建省 "
    "福州市 鼓楼区 福清市|福建省 泉州市 丰泽区 晋江市|江西省 南昌市 东湖区 南昌县|山东省 济南市 历下区 章丘区|山东省 "
    "青岛市 市南区 即墨区|山东省 潍坊市 奎文区 寿光市|河南省 郑州市 金水区 中原区 新郑市|河南省 洛阳市 西工区 偃师区|"
    "湖北省 武汉市 江岸区 武昌区 洪山区|湖北省 宜昌市 西陵区|湖南省 长沙市 岳麓区 雨花区 浏阳市|广东省 广州市 天河区 "
    "番禺区 白云区|广东省 深圳市 南山区 福田区 宝安区|广东省 佛山市 禅城区 顺德区|广东省 东莞市|广西壮族自治区 南宁市 "
    "青秀区 武鸣区|海南省 海口市 龙华区|四川省 成都市 锦江区 武侯区 双流区|四川省 绵阳市 涪城区|贵州省 贵阳市 云岩区 "
    "清镇市|云南省 昆明市 五华区 官渡区|陕西省 西安市 雁塔区 未央区 长安区|甘肃省 兰州市 城关区|新疆维吾尔自治区 "
    "乌鲁木齐市 天山区|北京市 北京市 朝阳区 海淀区 丰台区|上海市 上海市 浦东新区 徐汇区 嘉定区|天津市 天津市 和平区 "
    "滨海新区|重庆市 重庆市 渝中区 江北区"
)
TOWNS = [town.split() for town in _TOWNS.split("|")]
_DOMAINS = ("qq.com", "163.com", "126.com", "sina.com", "139.com")


class Draw:
    """One seed's customers."""

    def __init__(self, seed: int, brands: Sequence[str] = (), mix: str = "even") -> None:
        self.random, self.brands, self.mix = Random(f"base {seed}"), brands, MIXES[mix]
        self.switchboards = [self.landline() for _ in range(40)]

    def base(self, count: int) -> list[Row]:
        """`count` rows, shuffled; rows of one `eid` are one customer."""
        rows: list[Row] = []
        number = 0
        while len(rows) < count:
            row = self.customer(f"e{number}", rows)
            number += 1
            rows.append(row)
            if self.random.random() < 0.14:
                rows += [self.copy(row) for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        del rows[count:]
        self.random.shuffle(rows)
        for place, row in enumerate(rows):
            row[RID] = str(place)
        return rows

    def queries(self, rows: list[Row], count: int) -> list[Row]:
        """Half copies of customers of `rows`, a sixth look-alikes, a third new ones."""
        found = []
        for number in range(count):
            draw = self.random.random()
            known = rows[self.random.randrange(len(rows))]
            row = (
                self.copy(known) if draw < 0.5 else self.customer(f"n{number}", rows if draw < 2 / 3 else [])
            )
            row[RID] = f"q{number}"
            found.append(row)
        return found

    def customer(self, eid: str, others: list[Row]) -> Row:
        """A new one; one in twelve (all, when asked for look-alikes) resembles one of `others`."""
        random = self.random
        town = TOWNS[min(int(random.expovariate(1 / 14)), len(TOWNS) - 1)]
        district = random.choice(town[2:]) if len(town) > 2 and random.random() < 0.9 else ""
        firm = random.random() < 0.6
        name, company = self.person(), self.firm(town[1]) if firm else ""
        row = ["", eid, "B" if firm else "C", name, company, self.mobile(), "", "", "", *town[:2], district,
               self.street(), "", ""]  # fmt: skip
        if others and random.random() < 1 / 12:
            self.resemble(row, others[random.randrange(len(others))])
        sound = "".join(SOUNDS.get(char, "") for char in row[NAME])
        if random.random() < 0.25:
            row[PHONE2] = self.landline() if random.random() < 0.6 else self.mobile()
        elif firm and random.random() < 0.02:
            row[PHONE2] = random.choice(self.switchboards)
        if random.random() < 0.4:
            row[MAIL] = f"{sound}{random.randrange(10, 999)}@{random.choice(_DOMAINS)}"
        if random.random() < 0.45:
            row[CHAT] = row[PHONE] if random.random() < 0.35 else f"{sound}_{random.randrange(10**5)}"
        if random.random() < 0.3:
            row[PLATE] = f"{random.choice('京沪浙苏粤鲁川豫冀鄂')}{random.choice('ABCDEF')}{self.code(5)}"
        if random.random() < 0.06:
            row[VIN] = f"L{self.code(16)}"
        return row

    def resemble(self, row: Row, other: Row) -> None:
        if row[KIND] == other[KIND] == "B" and other[FIRM]:
            brand = other[FIRM].removeprefix(other[CITY][:2]).removeprefix("市")[:3]
            row[FIRM] = f"{row[CITY][:2]}{brand}{self.random.choice(_TRADES)}有限公司"
        elif row[KIND] == other[KIND] == "C":
            row[NAME], row[PROVINCE : DISTRICT + 1] = other[NAME], other[PROVINCE : DISTRICT + 1]

    def person(self) -> str:
        size = self.random.choice((1, 2, 2, 2, 2))
        return self.ranked(SURNAMES) + "".join(self.ranked(_GIVEN) for _ in range(size))

    def firm(self, city: str) -> str:
        random, town = self.random, city.removesuffix("市")
        brand = random.choice(self.brands) if self.brands else "".join(
            self.ranked(_BRAND, 0.5) for _ in range(random.choice((2, 2, 2, 3, 3, 4)))
        )  # fmt: skip
        trade, form = random.choice(_TRADES), random.choice(_FORMS)
        way = random.random()
        if way < 0.55:
            return f"{town}{random.choice(('', '市'))}{brand}{trade}{form}"
        if way < 0.65:
            return f"{brand}（{town}）{trade}{form}"
        return f"{brand}{trade}{form}"

    def street(self) -> str:
        random = self.random
        road = (
            random.choice(ROADS) + random.choice(("", "", "东", "西", "南", "北")) + random.choice("路路街")
        )
        room = (
            f"{random.randrange(1, 30)}号楼{random.randrange(101, 2900)}室" if random.random() < 0.5 else ""
        )
        return f"{road}{random.randrange(1, 1500)}号{room}"

    def mobile(self) -> str:
        return f"1{self.random.choice('3456789')}{self.random.randrange(10**9):09d}"

    def landline(self) -> str:
        return f"0{self.random.choice((571, 512, 755, 531, 371, 591))}-{self.random.randrange(2 * 10**7, 9 * 10**7)}"

    def code(self, size: int) -> str:
        return "".join(self.random.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(size))

    def ranked(self, chars: str, bend: float = 1.0) -> str:
        return chars[int(len(chars) ** (self.random.random() ** bend)) - 1]

    def copy(self, row: Row) -> Row:
        """The same customer as somebody else typed it: one to four of the mix's mistakes."""
        copy = list(row)
        kinds, shares = list(self.mix), list(self.mix.values())
        for kind in self.random.choices(kinds, shares, k=self.random.choice((1, 1, 2, 2, 3, 4))):
            kind(self, copy)
        return copy


def _formatted(draw: Draw, row: Row) -> None:
    digits = row[PHONE]
    if len(digits) == 11 and digits.isdigit():
        row[PHONE] = draw.random.choice(
            (f"+86{digits}", f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"{digits[:3]}-{digits[3:7]}-{digits[7:]}",
             f"0086 {digits}", digits.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
        )  # fmt: skip


def _digit(draw: Draw, row: Row) -> None:
    digits = row[PHONE]
    if len(digits) == 11:
        place = draw.random.randrange(3, 10)
        if draw.random.random() < 0.3:
            row[PHONE] = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        else:
            row[PHONE] = digits[:place] + draw.random.choice("0123456789") + digits[place + 1 :]


def _new_phone(draw: Draw, row: Row) -> None:
    row[PHONE] = draw.mobile()


def _no_phone(draw: Draw, row: Row) -> None:
    row[PHONE] = ""


def _swapped_phones(draw: Draw, row: Row) -> None:
    row[PHONE], row[PHONE2] = row[PHONE2], row[PHONE]


_BY_SOUND: dict[str, str] = {}
for _char in "".join((_GIVEN, _BRAND, SURNAMES, "".join(ROADS))):
    _BY_SOUND[SOUNDS.get(_char, "")] = _BY_SOUND.get(SOUNDS.get(_char, ""), "") + _char


def _slip(draw: Draw, text: str, first: int = 0) -> str:
    """One character replaced: by one that sounds the same where the keyboard offers it, else by any."""
    if len(text) <= first:
        return text
    place = draw.random.randrange(first, len(text))
    others = _BY_SOUND.get(SOUNDS.get(text[place], ""), "").replace(text[place], "")
    if not others or draw.random.random() < 0.25:
        others = _GIVEN
    return text[:place] + draw.random.choice(others) + text[place + 1 :]


def _name_slip(draw: Draw, row: Row) -> None:
    row[NAME] = _slip(draw, row[NAME], 0 if draw.random.random() < 0.3 else 1)


def _title(draw: Draw, row: Row) -> None:
    if row[NAME] and not row[NAME].isascii():
        row[NAME] = row[NAME][0] + draw.random.choice(("总", "先生", "女士", "经理", "老师"))


def _pinyin(draw: Draw, row: Row) -> None:
    row[NAME] = "".join(SOUNDS.get(char, char) for char in row[NAME])


def _contact(draw: Draw, row: Row) -> None:
    """Somebody else of the same firm."""
    if row[KIND] == "B":
        row[NAME], row[PHONE], row[MAIL], row[CHAT] = draw.person(), draw.mobile(), "", ""


def _short_firm(draw: Draw, row: Row) -> None:
    for form in sorted(set(_FORMS), key=len, reverse=True):
        row[FIRM] = row[FIRM].removesuffix(form)


def _brand_only(draw: Draw, row: Row) -> None:
    _short_firm(draw, row)
    for trade in sorted(_TRADES, key=len, reverse=True):
        row[FIRM] = row[FIRM].removesuffix(trade)
    row[FIRM] = row[FIRM].removeprefix(row[CITY][:-1]).removeprefix("市") or row[FIRM]


def _form(draw: Draw, row: Row) -> None:
    for old in ("股份有限公司", "有限责任公司", "有限公司"):
        if row[FIRM].endswith(old):
            new = draw.random.choice(("有限责任公司", "股份有限公司", "有限公司", "公司"))
            row[FIRM] = row[FIRM].removesuffix(old) + new
            return


def _region(draw: Draw, row: Row) -> None:
    town = row[CITY].removesuffix("市")
    if not row[FIRM]:
        return
    if town in row[FIRM]:
        row[FIRM] = row[FIRM].replace(f"（{town}）", "").replace(f"{town}市", "").replace(town, "")
    else:
        row[FIRM] = draw.random.choice((town, f"{town}市", row[PROVINCE][:2] + town)) + row[FIRM]


def _branch(draw: Draw, row: Row) -> None:
    if row[FIRM].endswith("公司"):
        row[FIRM] += draw.random.choice(TOWNS)[1][:2] + draw.random.choice(("分公司", "办事处", "营业部"))


def _firm_slip(draw: Draw, row: Row) -> None:
    if len(row[FIRM]) > 3:
        row[FIRM] = _slip(draw, row[FIRM], 0)


def _blank(draw: Draw, row: Row) -> None:
    row[draw.random.choice((PHONE2, MAIL, CHAT, DISTRICT, PLATE, VIN, ADDRESS, ADDRESS, NAME))] = ""


def _no_firm(draw: Draw, row: Row) -> None:
    row[FIRM] = ""


def _room(draw: Draw, row: Row) -> None:
    row[ADDRESS] = row[ADDRESS].partition("号")[0] + "号" if row[ADDRESS] else ""


def _town(draw: Draw, row: Row) -> None:
    row[PROVINCE], row[CITY] = "", row[CITY].removesuffix("市")


def _mail_case(draw: Draw, row: Row) -> None:
    row[MAIL], row[CHAT] = row[MAIL].upper(), row[CHAT].upper()


Mistake = Callable[[Draw, Row], None]
_EVERY: tuple[Mistake, ...] = (
    _formatted, _digit, _new_phone, _no_phone, _swapped_phones, _name_slip, _title, _pinyin, _contact, _short_firm,
    _brand_only, _form, _region, _branch, _firm_slip, _blank, _no_firm, _room, _town, _mail_case,
)  # fmt: skip
_EVEN = dict.fromkeys(_EVERY, 1.0) | {
    _formatted: 8.0,
    _blank: 8.0,
    _room: 3.0,
    _new_phone: 2.0,
    _no_firm: 0.5,
}
MIXES: dict[str, dict[Mistake, float]] = {
    "even": _EVEN,
    "phones": _EVEN | {_digit: 4.0, _new_phone: 4.0, _no_phone: 3.0, _swapped_phones: 2.0, _pinyin: 2.0},
    "firms": _EVEN
    | {_short_firm: 4.0, _brand_only: 3.0, _region: 4.0, _branch: 3.0, _firm_slip: 3.0, _form: 4.0},
}


def pairs_of(rows: Sequence[Row]) -> set[tuple[str, str]]:
    """Every pair of row ids that are one customer, smaller place first."""
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row[EID], []).append(row[RID])
    return {
        (one, other) for names in groups.values() for at, one in enumerate(names) for other in names[at + 1 :]
    }
