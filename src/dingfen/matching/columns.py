"""Which column of a file is what: by its name, Chinese or English, then by what stands in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from . import contents

# role -> words of a header. The first role with a whole word in the header wins.
_NAMES: Final[tuple[tuple[str, str], ...]] = (
    ("given", "given_name|given name|first_name|firstname|first name|forename|fname|givenname|名"),
    ("surname", "surname|last_name|lastname|last name|family_name|family name|lname|familyname|姓"),
    ("credit_code", "credit code|credit_code|uscc|统一社会信用代码|社会信用代码|信用代码|税号|纳税人识别号"),
    ("document", "soc_sec_id|ssn|social security|id_card|id card|id number|passport|national id|idcard|"
     "license|licence|provider id|身份证|身份证号|身份证号码|证件号|证件号码|护照|护照号|驾驶证"),
    ("vin", "vin|车架号|车辆识别代号|车辆识别代码|底盘号"),
    ("plate", "plate|license plate|licence plate|plate number|plate_no|车牌|车牌号|车牌号码|牌照"),
    ("email", "email|e-mail|mail|email address|邮箱|电子邮箱|电子邮件|邮件"),
    ("wechat", "wechat|weixin|wx|qq|微信|微信号|企业微信|qq号"),
    ("phone", "phone|tel|telephone|mobile|cell|cellphone|phone number|contact number|contact no|mob|mob no|ph|fax|"
     "手机|电话|座机|手机号|手机号码|电话号码|联系电话|移动电话|固定电话|联系方式|传真|备用电话|备用手机"),
    ("birth", "date_of_birth|dob|birth|birthday|birthdate|birth date|date of birth|出生日期|生日|出生年月"),
    ("postcode", "postcode|postal code|postal_code|zip|zipcode|zip code|post code|邮编|邮政编码"),
    ("number", "street_number|street number|house number|house_no|门牌|门牌号"),
    ("region", "province|prov|state|region|省|省份|省市|州"),
    ("city", "city|cty|town|市|城市|地市|所在城市"),
    ("district", "district|dist|county|suburb|区|县|区县|地区|所在区|neighborhood|neighbourhood|village"),
    ("address", "address|addr|street|地址|住址|详细地址|通讯地址|联系地址|公司地址|家庭住址|街道"),
    ("company", "company|company name|co|corp|comp|organisation|organization|employer|firm|business|account|"
     "公司|单位|企业|公司名|公司名称|单位名称|企业名称|客户单位|工作单位|机构|机构名称|厂商"),
    ("person", "contact|contact name|contact person|person|full name|fullname|联系人|姓名|"
     "客户姓名|联系人姓名|车主|车主姓名|本人姓名"),
    ("name", "name|title|customer|client|cust|cust nm|cust name|customer name|nm|person_name|site name|"
     "名称|客户|客户名称|名字"),
)  # fmt: skip
# Words that make a column somebody else's or no property of the customer.
_STRANGERS: Final = re.compile(
    r"\b(?:tags?|cluster|label|truth|true|match|source|eid|entity)\b|登记人|销售|归属|备注|创建|标签", re.I
)
_SPLIT: Final = re.compile(r"[\s_\-./\\:：()（）]+|(?<=[a-z])(?=[A-Z])|(?<=[a-z])(?=\d)")
ROLES: Final = tuple(dict.fromkeys(role for role, _ in _NAMES))
SAMPLE: Final = 400
_NAMING: Final = frozenset({"name", "person", "company", "given", "surname"})


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to compare: its kind (see kinds.KINDS) and the places of its columns in a row."""

    name: str
    kind: str
    columns: tuple[int, ...]


def roles(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    given: Mapping[str, str] | None = None,
    also: Mapping[str, Sequence[str]] | None = None,
) -> dict[int, str]:
    """The role of each column that has one, by its place. `given` (role or "ignore" by column) comes first.

    `also` are cells of columns of the same name elsewhere: one name is one thing in both tables.
    """
    found: dict[int, str] = {}
    for place, name in enumerate(names):
        if given and name in given:
            if given[name] in ROLES:
                found[place] = given[name]
        elif role := _role(name, [*sample(rows, place), *(also or {}).get(header(name), ())]):
            found[place] = role
    if not any(role in _NAMING for role in found.values()):
        free = [
            place for place, name in enumerate(names) if place not in found and not (given or {}).get(name)
        ]
        found |= {place: "name" for place in free if not _STRANGERS.search(names[place]) and
                  contents.is_naming(sample(rows, place))}  # fmt: skip
    return found


def sample(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Some filled cells of a column."""
    some = rows[:: max(1, len(rows) // SAMPLE)][:SAMPLE]
    return [cell for row in some if (cell := row[place].strip())]


def header(name: str) -> str:
    """A header for comparing it with others."""
    return " ".join(name.casefold().split())


def _role(name: str, cells: Sequence[str]) -> str:
    if not cells:
        return ""
    role = by_name(name)
    if role in ("name", "person", "company"):
        return contents.name_role(role, cells)
    if role and not contents.contradicts(role, cells):
        return role
    return "" if _STRANGERS.search(name.replace("_", " ")) else contents.role_of(cells)


def by_name(header: str) -> str:
    """The role a header names, '' if it names none. Numbers at its end are not looked at."""
    if _STRANGERS.search(header.replace("_", " ")):
        return ""
    words = [word.casefold() for word in _SPLIT.split(header.strip()) if word and not word.isdigit()]
    text = " ".join(words)
    for role, known in _NAMES:
        if text in {word.replace("_", " ").replace("-", " ") for word in known.split("|")}:
            return role
    for role, known in _NAMES[2:-1]:  # part of a longer header: "客户手机(必填)", "home phone"
        for word in known.split("|"):
            if (not word.isascii() and len(word) > 1 and word in text) or (word.isascii() and word in words):
                return role
    return ""


def fields(found: Mapping[int, str]) -> list[Field]:
    """The fields of a file whose columns have these roles; columns that belong together are one field."""
    places: dict[str, list[int]] = {}
    for place, role in sorted(found.items()):
        places.setdefault(role, []).append(place)
    result: list[Field] = []
    given, surname = places.pop("given", []), places.pop("surname", [])
    if given or surname:
        result.append(Field("name", "parts", ((given or [-1])[0], (surname or [-1])[0])))
    areas = [places.pop(role, [-1])[0] for role in ("region", "city", "district")]
    if max(areas) >= 0:
        result.append(Field("place", "place", tuple(areas)))
    elif "address" in places:
        result.append(Field("place", "area", (places["address"][0],)))
    for role, columns in places.items():
        kind = {"birth": "date", "postcode": "number", "name": "title"}.get(role, role)
        if kind in ("phone", "email", "wechat", "plate", "vin", "credit_code", "document"):
            result.append(Field(role, kind, tuple(columns)))
        else:
            result += [
                Field(role if not n else f"{role}_{n + 1}", kind, (column,))
                for n, column in enumerate(columns)
            ]
    return result
