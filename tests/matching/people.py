"""Invented customers, and copies of them as somebody else might have typed them. Deterministic."""

import random

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉力诚云岚舟禾朗越宁溪然"
BRANDS = ["青禾", "云栖", "远山", "星野", "木槿", "海拓", "蓝桥", "卓尔", "明德", "瑞合"]
BRANDS += ["拓普", "同济", "恒远", "万象", "清河", "知行", "百川", "立新", "嘉木", "澄明"]
TRADES = ["科技", "贸易", "汽车销售", "物流", "建筑工程", "餐饮管理", "广告", "医疗器械"]
CITIES = [("浙江省", "杭州市", "西湖区"), ("江苏省", "苏州市", "吴江区"), ("广东省", "深圳市", "南山区")]
HEADER = ["编号", "姓名", "公司", "手机", "邮箱", "省", "市", "区", "地址"]
Row = list[str]


def base(count: int, seed: int) -> list[Row]:
    source = random.Random(seed)
    return [_one(number, source) for number in range(count)]


def _one(number: int, source: random.Random) -> Row:
    firm = number % 2 == 0
    city = source.choice(CITIES)
    company = ""
    if firm:
        brand = source.choice(BRANDS) + source.choice(GIVEN)
        company = f"{city[1][:2]}{brand}{source.choice(TRADES)}有限公司"
    name = source.choice(SURNAMES) + "".join(source.sample(GIVEN, 2))
    phone = f"1{source.choice('3578')}{source.randrange(10**9):09d}"
    mail = f"u{source.randrange(10**6)}@example.com" if source.random() < 0.5 else ""
    street = f"{source.choice(GIVEN)}{source.choice(GIVEN)}路{source.randrange(1, 999)}号"
    return [f"a{number}", name, company, phone, mail, *city, street]


def retyped(row: Row, number: int, seed: int) -> Row:
    """A copy with other habits: title for the name, short name of the firm, spaces, a wrong digit, gaps."""
    source = random.Random(seed)
    copy = [f"b{number}", *row[1:]]
    habit = number % 5
    if habit == 0:
        copy[1], copy[3] = f"{row[1][0]}总", f"+86 {row[3][:3]} {row[3][3:7]} {row[3][7:]}"
    elif habit == 1:
        place = source.randrange(3, 11)
        copy[3] = row[3][:place] + str((int(row[3][place]) + 1) % 10) + row[3][place + 1 :]
    elif habit == 2:
        copy[2], copy[4] = row[2].replace("有限公司", ""), row[4].upper()
    elif habit == 3:
        copy[3], copy[8] = "", row[8] + "2栋301室"
    else:
        copy[1], copy[5], copy[7] = f" {row[1]}先生", "", ""
    return copy
