"""The text as it is read: copies cleaned, Traditional characters simplified; every place kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

ACCENTED = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ"
# conversion debris: 權(quán), 內(nèi); a syllable in brackets right after a Chinese character
DEBRIS = re.compile(rf"(?<=[㐀-鿿])[(（][a-zü{ACCENTED}]{{1,6}}[)）]")
SYLLABLE = re.compile(r"[(（](?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)?[aeiouü]{1,3}(?:n|ng|r)?[)）]")
# lines that a page around a document brings along: download, copyright, ratings, customer service
FURNITURE = re.compile(
    r"(?:下载本?文档|文档下载|下载文档|付费下载|免费阅读|已阅读\d+页|还剩\d+页|_第\d+页|版权(?:说明|声明|申诉)|"
    r"温馨提示|人人文库|原创力文档|本站(?:仅|所有|不保证|资源|提供|RAR)|附加服务|仅部分预览|文档侵犯|侵权(?:或|/)|"
    r"违法违规|人工客服|文档评论|相关文档|VIP精品|查看更多|实名认证|该用户很懒|扫一扫|转转请注明|内容提供者|"
    r"提交评论|^评论$|^关注$|^\d+/\d+$|^文档简介$|全部内容。$|未经权益所有人|不承担.{0,6}责任|"
    r"请发送邮件至|All rights reserved|Terms of Service|Privacy Policy|Cookie)"
)


@dataclass(frozen=True)
class Reading:
    """`text` is what is searched; `places[i]` is where its character i stands in the text as received."""

    text: str
    places: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the text as received."""
        if start >= end:
            here = (
                self.places[start]
                if start < len(self.places)
                else (self.places[-1] + 1 if self.places else 0)
            )
            return here, here
        return self.places[start], self.places[end - 1] + 1


def read(text: str, simplify: Callable[[str], str] | None = None) -> Reading:
    """Clean a text. `simplify` turns Traditional characters into Simplified ones, one for one."""
    simple = _simplified(text, simplify)
    kept = [True] * len(text)
    for start, end in [*_debris(simple), *_furniture(simple)]:
        kept[start:end] = [False] * (end - start)
    places = tuple(index for index, keep in enumerate(kept) if keep)
    return Reading("".join(simple[index] for index in places), places)


def _simplified(text: str, simplify: Callable[[str], str] | None) -> str:
    if simplify is None:
        return text
    simple = simplify(text)
    return simple if len(simple) == len(text) else "".join(simplify(char)[:1] or char for char in text)


def _debris(text: str) -> list[tuple[int, int]]:
    found = [match.span() for match in DEBRIS.finditer(text)]
    sure = [span for span in found if any(char in ACCENTED for char in text[span[0] : span[1]])]
    if len(sure) < 3:  # a lone 客户(key) is no debris
        return sure
    return [span for span in found if span in sure or SYLLABLE.fullmatch(text[span[0] : span[1]])]


def _furniture(text: str) -> list[tuple[int, int]]:
    """Whole lines, their ends kept; a long line is a text that merely mentions such a word."""
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        bare = line.strip(" \t\r\n•·-–")
        if bare and len(bare) < 200 and FURNITURE.search(bare):
            spans.append((start, start + len(line.rstrip("\r\n"))))
        start += len(line)
    return spans
