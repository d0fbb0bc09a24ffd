"""Write src/dingfen/matching/sounds.py: the sound of each Chinese character, from pypinyin.

Run by hand when pypinyin's data changes: `python scripts/sounds.py`. The product reads only the written
table, because looking names up in pypinyin costs 40 times as much and 30 MB of memory.
"""

import textwrap
from collections import defaultdict
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TARGET = Path(__file__).parent.parent / "src/dingfen/matching/sounds.py"
HEAD = '''# ruff: noqa: E501
"""Characters of GBK by their sound (pinyin without tone). Written by scripts/sounds.py."""

from typing import Final

_SYLLABLES: Final = """
'''
TAIL = '''"""


def _read() -> dict[str, str]:
    table: dict[str, str] = {}
    words = iter(_SYLLABLES.split())
    for syllable, chars in zip(words, words, strict=True):
        table.update(dict.fromkeys(chars, syllable))
    return table


SOUNDS: Final[dict[str, str]] = _read()
'''


def main() -> None:
    groups: dict[str, list[str]] = defaultdict(list)
    for code in range(0x4E00, 0xA000):
        char = chr(code)
        sound = lazy_pinyin(char, style=Style.NORMAL, errors="ignore", v_to_u=False)
        if sound and sound[0].isascii() and sound[0].isalpha() and _in_gbk(char):
            groups[sound[0]].append(char)
    words = [word for syllable, chars in sorted(groups.items()) for word in (syllable, "".join(chars))]
    lines = textwrap.wrap(" ".join(words), 400, break_long_words=False)
    TARGET.write_text(HEAD + "\n".join(lines) + "\n" + TAIL, encoding="utf-8")


def _in_gbk(char: str) -> bool:
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
