"""Invented customers: people and firms with phone numbers, plates and needs. Deterministic by seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛佳嘉琼勤珍贞莉浩宇轩然涵梓睿诚思远志文博雅欣怡可晨曦航昊泽楠岩峰婷慧巧美黛青倩婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁"
DOUBLE = ["欧阳", "上官", "司马", "诸葛"]
PLACES = ["杭州", "宁波", "苏州", "无锡", "嘉兴", "绍兴", "湖州", "金华"]
BRANDS = [
    "衡川",
    "远帆",
    "青禾",
    "瑞谷",
    "汇诚",
    "云岭",
    "晨溪",
    "鼎石",
    "安澜",
    "启航",
    "万邦",
    "同舟",
    "锦程",
    "百川",
    "合纵",
    "朗驰",
]
TRADES = [
    "建筑工程",
    "物流",
    "食品",
    "医疗器械",
    "文化传播",
    "电子科技",
    "服饰",
    "装饰材料",
    "餐饮管理",
    "环保设备",
]
FORMS = ["有限公司", "有限责任公司", "股份有限公司"]
CARS = [
    "看星越 L，家用",
    "置换旧车，预算 15 万",
    "公务用车 2 台",
    "给家人选代步车",
    "试驾混动版",
    "问分期与保险",
    "比较两款七座",
    "提车前咨询",
]
CAMPAIGNS = [
    "年度品牌投放",
    "新品上市推广",
    "地铁灯箱 3 个月",
    "短视频账号代运营",
    "展会整合传播",
    "门店开业宣传",
    "电梯媒体投放",
    "节日活动策划",
]
PREFIXES = ["137", "138", "139", "150", "151", "158", "159", "186", "188", "189"]


@dataclass(frozen=True)
class Person:
    """What is registered of one customer: `kind` person or company."""

    kind: str
    name: str
    phone: str
    need: str
    plate: str = ""
    contact: str = ""
    title: str = ""


def person_name(random: Random) -> str:
    surname = random.choice(DOUBLE) if random.random() < 0.02 else random.choice(SURNAMES)
    return surname + "".join(random.choice(GIVEN) for _ in range(random.choice((1, 2, 2))))


def phone(random: Random) -> str:
    return random.choice(PREFIXES) + f"{random.randrange(10**8):08d}"


def plate(random: Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return f"浙{random.choice('ABCDEF')}{random.choice(letters)}{random.randrange(10**4):04d}"


def car_buyers(random: Random) -> Iterator[Person]:
    """Private buyers, one in ten a firm buying cars."""
    while True:
        if random.random() < 0.1:
            yield firm(random, CARS)
        else:
            known = plate(random) if random.random() < 0.4 else ""
            yield Person("person", person_name(random), phone(random), random.choice(CARS), known)


def advertisers(random: Random) -> Iterator[Person]:
    """Firms that buy advertising."""
    while True:
        yield firm(random, CAMPAIGNS)


def firm(random: Random, needs: list[str]) -> Person:
    name = random.choice(PLACES) + random.choice(BRANDS) + random.choice(TRADES) + random.choice(FORMS)
    title = random.choice(["经理", "采购主管", "副总经理", "市场总监", "行政经理"])
    return Person("company", name, phone(random), random.choice(needs), "", person_name(random), title)
