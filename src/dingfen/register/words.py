"""Verdicts in words, Chinese and English: one wording for the verifier, the command and the pages.

They stand here and not in the catalogues because the stand-alone verifier has none.
"""

from __future__ import annotations

import re
from datetime import date

from dingfen.register.checking import Mismatch, Verdict

_NAME = re.compile(r"^(?P<book>.+)-(?P<day>\d{8})-(?P<number>\d{4,})$")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

GRADES = {
    "WITNESSED": ("已见证", "Witnessed"),
    "UNANCHORED": ("未见证", "Unanchored"),
    "DIVERGED": ("不一致", "Diverged"),
    "INVALID": ("无效", "Invalid"),
}

WHY = {
    "missing": ("此处缺条目。", "An entry is missing here."),
    "stray": ("此处多出或重复了条目。", "An entry is here that does not belong or stands twice."),
    "leaf": ("条目内容与其摘要不符。", "The entry's bytes do not give its hash."),
    "unreadable": ("条目内容无法读取。", "The entry cannot be read."),
    "moved": ("条目不在原来的位置。", "The entry is not where it was written."),
    "beside": ("检索栏与条目内容不符：{field}。", "A column says otherwise than the entry: {field}."),
    "number": (
        "页内编号应为 {expected}，现为 {found}。",
        "Its number on the page should be {expected}; it is {found}.",
    ),
    "after_seal": ("该页封存之后又有条目。", "It stands on a page after its seal."),
    "seal": ("封存所记的起止和条数与该页不符。", "The seal's first, last and count do not fit the page."),
    "node": ("登记树的节点与条目不符。", "The tree kept beside the entries does not fit them."),
    "checkpoint": (
        "与已签名的封存摘要（{size} 条）不一致。",
        "It contradicts the signed checkpoint over {size} entries.",
    ),
    "kept": (
        "与您保存的封存摘要（{size} 条）不一致。",
        "It contradicts the checkpoint you kept, over {size} entries.",
    ),
    "outside": (
        "与数据库之外保存的封存摘要（{size} 条）不一致。",
        "It contradicts the checkpoint kept outside the database, over {size} entries.",
    ),
    "short": (
        "登记簿只有 {size} 条，已签名的封存摘要有 {signed} 条：这是较早的副本，或末尾被移除。",
        "The register has {size} entries, a signed checkpoint {signed}: "
        "an older copy, or its end was removed.",
    ),
    "unsigned_seal": ("该页的封存没有签名的封存摘要。", "The seal of its page has no signed checkpoint."),
    "unsigned_end": ("末尾没有签名的封存摘要。", "No signed checkpoint covers the end."),
    "key": (
        "更换签名密钥的条目没有由原密钥签署，或与现用密钥不符。",
        "The entry that changes the signing key is not signed by the key before it, or names another key.",
    ),
    "signature": ("第 {place} 个封存摘要的签名不对。", "The signature of checkpoint {place} is wrong."),
    "witness": (
        "见证方 {name} 见过另一份历史，拒绝签署。",
        "The witness {name} has seen another history and refuses to sign.",
    ),
    "head": (
        "登记树的末端与条目不符（应为 {expected} 条，现有 {found} 条）。",
        "The end of the tree does not fit: it should be {expected} entries; there are {found}.",
    ),
    "header": ("文件开头与条目不符。", "The head of the file does not fit the entries."),
    "line": ("文件第 {line} 行无法读取。", "Line {line} of the file cannot be read."),
    "personal": ("个人信息与条目的承诺不符。", "Its personal data does not fit the entry's commitment."),
    "personal_lost": (
        "其个人信息不在了，却没有销毁的条目。",
        "Its personal data is gone, and no entry says it was shredded.",
    ),
    "looks": ("访问记录与封存时的摘要不符。", "The access log does not fit the digest in the seal."),
    "page": ("页的状态或条数与条目不符。", "The page's state or count does not fit its entries."),
    "proof": ("存在证明不成立。", "The inclusion proof does not hold."),
}

REMARKS = {
    "triggers": (
        "数据库的防改触发器不全，请运行 dingfen migrate 或通知系统管理员。",
        "Triggers that refuse changes are missing: tell your administrator.",
    ),
    "restored": (
        "登记簿曾从备份还原，还原前的部分条目已放弃，见 register.restored 条目。",
        "The register was restored from a backup; entries given up are named in a register.restored entry.",
    ),
    "personal_back": (
        "已销毁的个人信息又出现了，请重新销毁。",
        "Personal data that was shredded is back: shred it again.",
    ),
}


def explain(verdict: Verdict, lang: str) -> list[str]:
    """The verdict line by line, `lang` "zh" or "en"; the first line is the conclusion."""
    zh = lang.startswith("zh")
    lines = [_conclusion(verdict, zh)]
    if verdict.mismatch:
        lines.append(_reason(verdict, verdict.mismatch, zh))
    else:
        lines.append(_anchor(verdict, zh))
    if verdict.withheld:
        count = f"{verdict.withheld:,}"
        lines.append(
            f"其中 {count} 条只给出摘要，不含内容。"
            if zh
            else f"{count} of them are shown by their hash only."
        )
    lines.extend(REMARKS[code][0 if zh else 1] for code in verdict.remarks)
    return lines


def explain_proof(verdict: Verdict, lang: str) -> list[str]:
    """The verdict on the proof of one entry."""
    zh = lang.startswith("zh")
    if verdict.mismatch:
        return [_conclusion(verdict, zh), _reason(verdict, verdict.mismatch, zh)]
    entry, size = _entry(verdict.name, 0, zh), f"{verdict.size:,}"
    if zh:
        first = f"核验通过：{entry}在封存摘要的 {size} 条之中，内容未变。"
    else:
        first = f"Verified: {entry} is among the {size} entries of the checkpoint, unchanged."
    return [first, _anchor(verdict, zh)]


def _conclusion(verdict: Verdict, zh: bool) -> str:
    if verdict.mismatch is None:
        size = f"{verdict.size:,}"
        if not verdict.size:
            return "核验通过：登记簿还没有条目。" if zh else "Verified: the register has no entries yet."
        if zh:
            return f"核验通过：第 1 至 {size} 号完整、次序未变。"
        return f"Verified: entries 1 to {size} complete and in order."
    where = _place(verdict, zh)
    if zh:
        return f"核验不通过：第一处不符是{where}。停止使用此副本，通知稽查。"
    return f"Not verified: the first mismatch is {where}. Stop using this copy and tell Compliance."


def _place(verdict: Verdict, zh: bool) -> str:
    mismatch = verdict.mismatch
    if mismatch is None:
        return ""
    first, last = _entry(verdict.name, mismatch.first, zh), _entry(verdict.last_name, mismatch.last, zh)
    if mismatch.last == mismatch.first:
        return first
    return f"{first}至{last}之间的一条" if zh else f"one of {first} to {last}"


def _entry(name: str, index: int, zh: bool) -> str:
    parts = _NAME.match(name)
    if not parts:
        return f"总第 {index + 1:,} 条" if zh else f"entry {index + 1:,} of the whole"
    day = date(int(parts["day"][:4]), int(parts["day"][4:6]), int(parts["day"][6:]))
    if zh:
        return f"第 {parts['number']} 号条目（{parts['book']} 簿 {day.year} 年 {day.month} 月 {day.day} 日）"
    when = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"entry No. {parts['number']} ({parts['book']}, {when})"


def _reason(verdict: Verdict, mismatch: Mismatch, zh: bool) -> str:
    text = WHY[mismatch.code][0 if zh else 1].format(**mismatch.params)
    grade = GRADES[verdict.grade][0 if zh else 1]
    return f"{grade}：{text}" if zh else f"{grade}: {text}"


def _anchor(verdict: Verdict, zh: bool) -> str:
    if verdict.kept:
        size = f"{verdict.kept:,}"
        if zh:
            return f"与您保存的封存摘要一致（前 {size} 条）。"
        return f"Agrees with the checkpoint you kept, over the first {size} entries."
    if verdict.witnesses:
        size = f"{verdict.witnessed:,}"
        if zh:
            return f"已见证 {verdict.witnesses} 方（前 {size} 条）。"
        parties = "witness" if verdict.witnesses == 1 else "witnesses"
        return f"{verdict.witnesses} {parties}, over the first {size} entries."
    return (
        "尚未见证：只能证明本机前后一致。"
        if zh
        else "Unanchored: proves only that this copy agrees with itself."
    )
