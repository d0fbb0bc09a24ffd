"""Write src/dingfen/matching/counties.py and districts.py: names of divisions (GB/T 2260), from a CSV of them.

Run by hand when divisions change: `python scripts/places.py FILE`, where FILE has columns adcode and name
(the Ministry of Civil Affairs publishes them every year). Names of former divisions are kept on purpose.
"""

import csv
import re
import sys
import textwrap
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/dingfen/matching/counties.py"
DISTRICTS = TARGET.with_name("districts.py")
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
DISTRICTS_TEXT = '''"""What lies in each prefecture, all names without endings. Written by scripts/places.py."""

from typing import Final

_ALL: Final = """
{}
"""
DISTRICTS_OF: Final[dict[str, frozenset[str]]] = {{
    names[0]: frozenset(names[1:]) for line in _ALL.split("/") if (names := line.split())
}}
'''
HEAD = '''"""Counties, districts and county-level cities of China, past and present. Written by scripts/places.py."""

from typing import Final

from .tables import words

COUNTIES: Final = frozenset(
    words(
        """
'''
TAIL = '''
_PROVINCES: Final = """
{}
"""
# Each prefecture's province, all names without their endings.
PROVINCE_OF: Final[dict[str, str]] = {{
    city: names[0] for line in _PROVINCES.split("/") if (names := line.split()) for city in names[1:]
}}
'''


def main(source: str) -> None:
    with Path(source).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {row["name"] for row in rows if row["adcode"][4:6] != "00"}
    names = sorted(name for name in found if len(name) > 1 and name[-1] in "县区市旗")
    lines = textwrap.wrap(" ".join(names), 54, break_long_words=False)
    TARGET.write_text(HEAD + "\n".join(lines) + '\n"""\n    )\n)\n' + cities(rows), encoding="utf-8")
    DISTRICTS.write_text(DISTRICTS_TEXT.format(districts(rows)), encoding="utf-8")


def districts(rows: list[dict[str, str]]) -> str:
    """Prefectures and municipalities, each with what lies in it, all without endings."""
    above = {row["adcode"][:4]: stem(row["name"]) for row in rows if row["adcode"][2:6] != "0000"
             and row["adcode"][4:6] == "00"}  # fmt: skip
    whole = {row["adcode"][:2]: stem(row["name"]) for row in rows if row["adcode"][2:6] == "0000"}
    found: dict[str, set[str]] = {}
    for row in rows:
        code, name = row["adcode"], row["name"]
        city = whole[code[:2]] if whole[code[:2]] in MUNICIPALITIES else above.get(code[:4], "")
        short = re.sub(r"(?:新区|区|县|市)$", "", name)
        if code[4:6] != "00" and city and len(short) in (2, 3) and short != "市辖" and "行政" not in city:
            found.setdefault(city, set()).add(short)
    text = " / ".join(" ".join([city, *sorted(names)]) for city, names in sorted(found.items()))
    return "\n".join(textwrap.wrap(text, 54))


def cities(rows: list[dict[str, str]]) -> str:
    """Prefectures by the code of their province: province first, then what lies in it, endings off."""
    provinces: dict[str, list[str]] = {row["adcode"][:2]: [] for row in rows if row["adcode"][2:6] == "0000"}
    for row in sorted(rows, key=lambda row: (row["adcode"][2:6] != "0000", row["adcode"])):
        if row["adcode"][4:6] == "00":
            provinces[row["adcode"][:2]].append(stem(row["name"]))
    lines = [" ".join(dict.fromkeys(names)) for _, names in sorted(provinces.items())]
    return TAIL.format("\n".join(line for text in lines for line in [*textwrap.wrap(text, 54), "/"]))


def stem(name: str) -> str:
    name = re.sub(r"特别行政区$|(?:壮族|回族|维吾尔)?自治区$|[省市盟]$|地区$", "", name)
    return re.sub(
        r"(?:蒙古|朝鲜族|土家族|苗族|藏族|羌族|彝族|布依族|侗族|壮族|哈尼族|傣族|白族|景颇族|傈僳族|回族|"
        r"哈萨克|柯尔克孜)+自治州$",
        "",
        name,
    )


if __name__ == "__main__":
    main(sys.argv[1])
