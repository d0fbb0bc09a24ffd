"""Writing a rule book in the browser: begin from what there is, save as typed, check, propose."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dingfen.accounts.access import require
from dingfen.accounts.actor import Actor
from dingfen.accounts.models import Staff, Unit
from dingfen.clocks.statutory import build_calendar
from dingfen.engine.calendar import Calendar
from dingfen.engine.calendar_form import CalendarForm
from dingfen.engine.check import Finding, lint
from dingfen.engine.diff import Changed, diff
from dingfen.engine.durations import format_length
from dingfen.engine.errors import PackError, PackErrors
from dingfen.engine.extending import Bases, difference
from dingfen.engine.load import digest, dump, load_pack
from dingfen.engine.scenarios import Scenario, read_scenarios
from dingfen.engine.schema import TOPICS, Pack
from dingfen.engine.trying import Outcome, run_scenarios
from dingfen.packs import pack_files, scenario_files
from dingfen.policies.actions import propose
from dingfen.policies.bases import bases_of
from dingfen.policies.draft_files import accepted, files, to_yaml
from dingfen.policies.models import PolicyDraft, PolicySource, PolicyVersion
from dingfen.policies.queries import pack_of, shipped_names
from dingfen.problems import conflict, invalid, missing, read_uid

PERMISSION = "policy.publish"
SCENARIOS = "scenarios/"
NOTES = "proposals.txt"  # what a draft proposed and has no place in the rules yet
NAME = re.compile(r"(?:scenarios/)?[a-z][a-z0-9-]{0,40}\.yaml")
LONGEST = 300_000  # characters in a file
MOST = 40  # files
KEPT = 16  # checks a process remembers
DAY = 86_400  # seconds
_PLAIN_WEEK = {"zone": "Asia/Shanghai", "periods": {"mon-fri": ["09:00-12:00", "13:00-18:00"]}}


@dataclass(frozen=True)
class Checked:
    """What a check found: the pack where it reads, errors with their places, findings, scenarios."""

    pack: Pack | None
    errors: tuple[PackError, ...] = ()
    findings: tuple[Finding, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    @property
    def failed(self) -> list[Outcome]:
        return [each for each in self.outcomes if not each.passed]


def sources(actor: Actor) -> Any:
    """The company's rule books being written, last saved first. Raises Problem (403)."""
    require(actor, PERMISSION)
    rows = PolicySource.objects.filter(company_id=actor.company_id)
    return rows.select_related("base", "proposed", "made_by").order_by("-saved_at", "-pk")


def check(
    texts: Mapping[str, str], held: Collection[str] | None = None, bases: Bases = pack_files
) -> Checked:
    """Read, lint and try the files of a pack; `held`: the roles somebody has (`roles_held`), `bases`: the packs
    it may extend (`bases_of`).

    Never raises for what a person has typed.
    """
    own = {name: text for name, text in texts.items() if not name.startswith(SCENARIOS) and name != NOTES}
    tried = {name.removeprefix(SCENARIOS): text for name, text in texts.items() if name.startswith(SCENARIOS)}
    errors: list[PackError] = []
    try:
        pack: Pack | None = load_pack(own, bases)
    except PackErrors as found:
        pack, errors = None, list(found.errors)
    try:
        scenarios = read_scenarios(tried) if tried else []
    except PackErrors as found:
        scenarios = []
        errors += [_in_folder(each) for each in found.errors]
    if pack is None or errors:
        return Checked(pack, tuple(errors))
    return Checked(pack, (), *_judged(pack, scenarios, tuple(sorted(tried.items())), held))


Judged = tuple[tuple[Finding, ...], tuple[Outcome, ...]]
_known: dict[Any, Judged] = {}


def _judged(
    pack: Pack, scenarios: list[Scenario], texts: tuple[tuple[str, str], ...], held: Collection[str] | None
) -> Judged:
    """What lint says and what the scenarios lead to; the same rules are asked about again and again while somebody
    writes.
    """
    key = (digest(pack), texts, None if held is None else frozenset(held))
    found = _known.get(key)
    if found is None:
        if len(_known) >= KEPT:
            _known.pop(next(iter(_known)))
        outcomes = run_scenarios(pack, scenarios, calendar_for(pack))
        found = _known[key] = tuple(lint(pack, scenarios, held)), tuple(outcomes)
    return found


def calendar_for(pack: Pack) -> Calendar:
    """The pack's own calendar with its public holidays, or five plain working days."""
    return build_calendar(pack.calendar or CalendarForm.model_validate(_PLAIN_WEEK))


def rules_of(source: PolicySource) -> Pack:
    """The rules of a source as they stand. Raises Problem (422, `source.errors`) while a file does not read."""
    own = {name: text for name, text in source.files.items() if not name.startswith(SCENARIOS)}
    try:
        return load_pack(own, bases_of(source.company_id))
    except PackErrors as found:
        raise invalid({"files": [("source.errors", {"count": len(found.errors)})]}) from None


def _in_folder(error: PackError) -> PackError:
    place = (error.line, error.column, error.key, error.message_code, error.params, error.accepted)
    return PackError(SCENARIOS + error.file, *place)


def changes(source: PolicySource, pack: Pack | None) -> list[Changed]:
    """What differs, as rules, from the version it began from."""
    if pack is None or source.base is None:
        return []
    return diff(pack_of(source.base), pack)


@transaction.atomic
def begin(
    *, actor: Actor, at: datetime, shipped: str = "", version: str = "", draft: str = ""
) -> PolicySource:
    """Begin from a shipped pack (its name), a version or a draft from text (uid). Raises Problem 403, 404."""
    require(actor, PERMISSION)
    base: PolicyVersion | None = None
    if shipped in shipped_names():
        texts = dict(pack_files(shipped)) | {SCENARIOS + n: t for n, t in scenario_files(shipped).items()}
        title = load_pack(pack_files(shipped), pack_files).title.zh
    elif version:
        base = PolicyVersion.objects.filter(company_id=actor.company_id, uid=read_uid(version)).first()
        if base is None:
            raise missing()
        texts, title = _of_version(base), base.title["zh"]
    elif draft:
        found = PolicyDraft.objects.filter(company_id=actor.company_id, uid=read_uid(draft)).first()
        if found is None:
            raise missing()
        texts, title = (
            files(found.title, found.file_name, found.articles, accepted(found.findings)),
            found.title,
        )
        texts[NOTES] = texts.pop("proposals.yaml")
    else:
        raise invalid({"shipped": [("required", {})]})
    return PolicySource.objects.create(
        company=Unit.objects.get(pk=actor.company_id or 0),
        title=title[:120],
        files=texts,
        base=base,
        made_by=Staff.objects.filter(pk=actor.staff_id or 0).first(),
        made_at=at,
        saved_at=at,
    )


def _of_version(version: PolicyVersion) -> dict[str, str]:
    """The files of a published pack, made from its canonical text; scenarios of a shipped one of its name."""
    whole = _readable(_own_part(version))
    topics = {name: whole.pop(name) for name in ("articles", "floors", *TOPICS) if whole.get(name)}
    if "calendar" in topics:
        topics["calendar"] = _with_clock_times(topics["calendar"])
    texts = {"pack.yaml": to_yaml(whole)} | {
        f"{name}.yaml": to_yaml({name: part}) for name, part in topics.items()
    }
    if version.pack in shipped_names():
        texts |= {SCENARIOS + name: text for name, text in scenario_files(version.pack).items()}
    return texts


def _own_part(version: PolicyVersion) -> dict[str, Any]:
    """A version's data; of one that extends another pack only what differs from it."""
    whole: dict[str, Any] = json.loads(version.document)
    if whole.get("extends") is None:
        return dict(_confirmed(whole))
    bases = bases_of(version.company_id)
    try:
        base = load_pack(bases(whole["extends"]), bases)
    except (KeyError, PackErrors):
        return whole
    return difference(whole, json.loads(dump(base)))


def _readable(node: Any) -> Any:
    """Canonical data as a person writes it: no empty keys, lengths in words."""
    if isinstance(node, list):
        return [_readable(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _readable(value) for key, value in node.items() if value not in (None, [], {})}
    if {"amount", "unit"} <= kept.keys() and isinstance(kept["amount"], int):
        length = format_length(kept.pop("amount"), kept.pop("unit"))
        return {"length": length, **kept}
    return kept


def _confirmed(node: Any) -> Any:
    """Without saying of every value that it is confirmed; in a pack that extends, that may be the difference."""
    if isinstance(node, list):
        return [_confirmed(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: _confirmed(value) for key, value in node.items() if (key, value) != ("unverified", False)}


def _with_clock_times(calendar: dict[str, Any]) -> dict[str, Any]:
    """The periods of a calendar as text; canonical data has them in seconds."""
    made = dict(calendar)
    for key in ("periods", "extra"):
        if isinstance(made.get(key), dict):
            made[key] = {day: [_period(each) for each in some] for day, some in made[key].items()}
    return made


def _period(pair: Any) -> Any:
    """`[32400, 64800]` → `09:00-18:00`; an end past midnight is the next morning's."""
    if not isinstance(pair, list):
        return pair
    return "-".join(_clock_time(second if second <= DAY else second - DAY) for second in pair)


def _clock_time(second: int) -> str:
    hours, rest = divmod(second, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


@transaction.atomic
def save(
    *, actor: Actor, at: datetime, source_uid: UUID | str, name: str, text: str, version: int | None = None
) -> PolicySource:
    """Keep a file as typed; an empty text of a scenario file removes it. Raises Problem 404, 409, 422."""
    source = lock_source(actor, source_uid)
    if version is not None and version != source.version:
        raise conflict("version.stale")
    if name not in source.files and not NAME.fullmatch(name):
        raise invalid({"name": [("source.name", {})]})
    if len(text) > LONGEST:
        raise invalid({"text": [("draft.too_large", {})]})
    texts = {**source.files, name: text.replace("\r\n", "\n")}
    if not text.strip() and name.startswith(SCENARIOS):
        del texts[name]
    if len(texts) > MOST:
        raise invalid({"name": [("source.most", {"limit": MOST})]})
    return keep(source, texts, at)


def keep(source: PolicySource, texts: dict[str, str], at: datetime) -> PolicySource:
    """Write the files of a source that is locked."""
    source.files, source.saved_at, source.version = texts, at, source.version + 1
    source.save(update_fields=["files", "saved_at", "version"])
    return source


@transaction.atomic
def propose_source(*, actor: Actor, at: datetime, source_uid: UUID | str, unit: Unit) -> PolicyVersion:
    """Propose what is written as a version for a unit; a second person approves it.

    Raises Problem 422 (`source.errors`) while a file does not read, a finding is an error or a scenario fails;
    409 `policy.version_exists` where the number of the version is taken.
    """
    source = lock_source(actor, source_uid)
    checked = check(source.files, bases=bases_of(source.company_id))
    wrong = [each for each in checked.findings if each.severity == "error"]
    count = len(checked.errors) + len(wrong) + len(checked.failed)
    if checked.pack is None or count:
        raise invalid({"files": [("source.errors", {"count": count})]})
    made = propose(actor=actor, at=at, unit=unit, pack=checked.pack)
    source.proposed, source.version = made, source.version + 1
    source.save(update_fields=["proposed", "version"])
    return made


def lock_source(actor: Actor, uid: UUID | str) -> PolicySource:
    """The source under lock. Raises Problem 403, 404."""
    require(actor, PERMISSION)
    rows = PolicySource.objects.select_for_update(of=("self",)).filter(company_id=actor.company_id)
    found = rows.filter(uid=uid).first()
    if found is None:
        raise missing()
    return found
