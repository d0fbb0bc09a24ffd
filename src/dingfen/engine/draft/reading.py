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
    r"版权所有|未经.{0,6}许可|^(?:当前位置|您(?:的|现在的)?位置|首页|上一篇|下一篇|字号|打印本页|分享到|返回顶部|责任编辑|发布(?:者|时间|日期|单位)|文章来源|来源|点击(?:数|次数|量)?|浏览(?:次数|量)?|阅读(?:次数|量)?|作者|编辑|页码|文件编号|编号)[ \t　]*[:：>》|]|^(?:首页|home)\s*[>》|]|^第\s*\d+\s*页\s*(?:共\s*\d+\s*页)?$|^Page \d+ of \d+$|"
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
    simple, marks = _markdown(simple)
    kept = [True] * len(text)
    for start, end in [*_debris(simple), *_furniture(simple), *marks]:
        kept[start:end] = [False] * (end - start)
    places = tuple(index for index, keep in enumerate(kept) if keep)
    return Reading("".join(simple[index] for index in places), places)


def _simplified(text: str, simplify: Callable[[str], str] | None) -> str:
    if simplify is None:
        return text
    simple = simplify(text)
    return simple if len(simple) == len(text) else "".join(simplify(char)[:1] or char for char in text)


_RULED = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t:-]*$", re.MULTILINE)
_ROW = re.compile(r"^[ \t]*\|(.+)\|[ \t]*$", re.MULTILINE)
_MARKUP = re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>[ \t]+)|\*\*|__(?=\S)|(?<=\S)__", re.MULTILINE)


def _markdown(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Marks of Markdown to leave out; the cells of a table are parted by tabs, as a table of a document is."""
    spans = [match.span() for match in (*_RULED.finditer(text), *_MARKUP.finditer(text))]
    if not spans or not _RULED.search(text):
        return text, spans
    chars = list(text)
    for row in _ROW.finditer(text):
        if _RULED.match(row[0]):
            continue
        spans += [(row.start(), row.start(1)), (row.end(1), row.end())]
        for place in range(row.start(1), row.end(1)):
            if chars[place] == "|":
                chars[place] = "\t"
    return "".join(chars), spans


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
