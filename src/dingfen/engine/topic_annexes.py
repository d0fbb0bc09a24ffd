"""Tables a rule book carries on incidents, conduct, care and indicators: playbooks, reports, measures, cadences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from dingfen.engine.durations import Duration
from dingfen.engine.schema import Pack

Language = Literal["zh", "en"]
Row = tuple[str, ...]
# title, head, rows: made into an Annex by `engine.annexes`
Table = tuple[str, Row, list[Row]]
_WORDS: dict[str, tuple[str, str]] = {
    "playbook": ("附：预案", "Annex: playbook"), "reports": ("附：上报", "Annex: reports"),
    "drills": ("附：演练与备品", "Annex: drills and supplies"),
    "criteria": ("附：行为判定评分", "Annex: criteria of conduct"),
    "measures": ("附：措施", "Annex: measures"), "cadences": ("附：联系频率", "Annex: cadences"),
    "answers": ("附：答复时限", "Annex: times to answer"), "indicators": ("附：指标", "Annex: indicators"),
    "step": ("步骤", "Step"), "role": ("负责", "Responsible"),
    "within": ("时限", "Within"), "article": ("依据", "Article"),
    "levels": ("级别", "Levels"), "to": ("报给", "To"), "report": ("上报", "Report"), "what": ("项目", "What"),
    "every": ("频率", "How often"), "criterion": ("判定项", "Criterion"), "points": ("分值", "Points"),
    "measure": ("措施", "Measure"), "approved": ("批准人", "Approved by"), "at_most": ("最长", "At most"),
    "appeal": ("申诉期", "Appeal within"), "customers": ("客户", "Customers"), "contacts": ("联系", "Contacts"),
    "figure": ("指标", "Figure"), "target": ("目标", "Target"), "weight": ("权重", "Weight"),
    "period": ("周期", "Period"),
    "at_once": ("立即", "at once"), "times_per": ("每 {per} {times} 次", "{times} in {per}"),
    "least": ("不低于 {n}{unit}", "at least {n}{unit}"), "most": ("不高于 {n}{unit}", "at most {n}{unit}"),
    "day": ("日", "day"), "week": ("周", "week"), "month": ("月", "month"), "quarter": ("季", "quarter"),
    "year": ("年", "year"),
}  # fmt: skip
_ROLES: dict[str, tuple[str, str]] = {
    "receptionist": ("前台", "receptionist"), "salesperson": ("销售", "salesperson"),
    "agent": ("客服", "service agent"),
    "head": ("部门负责人", "head of department"), "general_manager": ("总经理", "general manager"),
    "compliance": ("稽查", "compliance"), "policy_owner": ("制度负责人", "policy owner"),
}  # fmt: skip


class _Reader:
    """The words of one pack in one language."""

    def __init__(self, pack: Pack, language: Language, length: Callable[[Duration, Language], str]) -> None:
        self.language, self._length = language, length
        expected = pack.roles.expected if pack.roles else ()
        self._roles = {role.id: self.text(role.title) for role in expected}

    def text(self, text: Any) -> str:
        return str(getattr(text, self.language)) if text is not None else "–"

    def word(self, name: str, **values: object) -> str:
        return _WORDS[name][self.language == "en"].format(**values)

    def head(self, *names: str) -> Row:
        return tuple(self.word(name) for name in names)

    def role(self, *names: str | None) -> str:
        joint = "、" if self.language == "zh" else ", "
        return joint.join(self._role(name) for name in names if name) or "–"

    def _role(self, name: str) -> str:
        basic = _ROLES.get(name)
        return self._roles.get(name) or (basic[self.language == "en"] if basic else name)

    def length(self, length: Duration | None) -> str:
        return self._length(length, self.language) if length is not None else "–"

    def titles(self, ids: tuple[str, ...], parts: Any) -> str:
        joint = "、" if self.language == "zh" else ", "
        return joint.join(self.text(part.title) for part in parts if part.id in ids) or "–"


def tables(pack: Pack, language: Language, length: Callable[[Duration, Language], str]) -> Iterator[Table]:
    """What the pack has of each, in the order a reader looks for it; none where it has nothing of the kind."""
    reader = _Reader(pack, language, length)
    for topic, made in (
        (pack.incidents, _incidents), (pack.conduct, _conduct), (pack.care, _care), (pack.indicators, _indicators),
    ):  # fmt: skip
        if topic is not None:
            yield from (table for table in made(topic, reader) if table[2])


def _incidents(rules: Any, say: _Reader) -> Iterator[Table]:
    for book in rules.playbooks:
        steps: list[Row] = [
            (say.text(step.title), say.role(step.role), say.length(step.within), step.article)
            for step in book.steps
        ]
        levels = say.titles(book.levels, rules.levels)
        title = f"{say.word('playbook')} {say.text(book.title)}（{levels}）"
        if say.language == "en":
            title = f"{say.word('playbook')} {say.text(book.title)} ({levels})"
        yield title, say.head("step", "role", "within", "article"), steps
    reports: list[Row] = [
        (
            say.text(each.title),
            say.titles(each.levels, rules.levels),
            say.role(each.to) if each.to else say.text(each.outside),
            say.length(each.within),
            each.article,
        )
        for each in rules.reports
    ]
    yield say.word("reports"), say.head("report", "levels", "to", "within", "article"), reports
    kept: list[Row] = [
        (say.text(one.title), say.length(one.every), say.role(one.by), one.article) for one in rules.drills
    ]
    kept += [
        (say.text(one.title), say.length(one.check_every), say.role(one.kept_by), one.article)
        for one in rules.supplies
    ]
    yield say.word("drills"), say.head("what", "every", "role", "article"), kept


def _conduct(rules: Any, say: _Reader) -> Iterator[Table]:
    criteria: list[Row] = [
        (say.text(one.title), f"{one.weight:+d}".replace("-", "−"), one.article) for one in rules.criteria
    ]
    yield say.word("criteria"), say.head("criterion", "points", "article"), criteria
    measures: list[Row] = [
        (
            say.text(one.title),
            say.role(one.approved_by),
            say.length(one.at_most),
            say.length(one.appeal),
            one.article,
        )
        for one in rules.measures
    ]
    yield say.word("measures"), say.head("measure", "approved", "at_most", "appeal", "article"), measures


def _care(rules: Any, say: _Reader) -> Iterator[Table]:
    cadences: list[Row] = [
        (
            say.text(one.title),
            say.word("times_per", per=say.length(one.per), times=one.times),
            say.role(one.by),
            one.article,
        )
        for one in rules.cadences
    ]
    yield say.word("cadences"), say.head("customers", "contacts", "role", "article"), cadences
    answers: list[Row] = [
        (say.text(one.title), say.length(one.within), say.role(one.by), one.article) for one in rules.answers
    ]
    yield say.word("answers"), say.head("what", "within", "role", "article"), answers


def _indicators(rules: Any, say: _Reader) -> Iterator[Table]:
    figures: list[Row] = [
        (
            say.text(one.title),
            _target(one, say),
            f"{one.weight}%" if one.weight else "–",
            say.word(one.period),
            one.article,
        )
        for one in rules.figures
    ]
    yield say.word("indicators"), say.head("figure", "target", "weight", "period", "article"), figures


def _target(figure: Any, say: _Reader) -> str:
    unit = "%" if figure.unit == "percent" else ""
    ends = [("least", figure.at_least), ("most", figure.at_most)]
    return "、".join(say.word(name, n=f"{n:g}", unit=unit) for name, n in ends if n is not None) or "–"
