"""The file of one case (案卷) checked offline: a ZIP with papers, evidence and a proof for each entry of the register.

Nothing but the standard library and `cryptography`. docs/reference/case-file.md describes the ZIP.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dingfen.register.bodies import Body, BodyError, commitment
from dingfen.register.checking import INVALID, UNANCHORED, WITNESSED
from dingfen.register.exportfile import Trust, verify_proof
from dingfen.register.notes import NoteError, Proof, VerifyKey

FORMAT = "dingfen-case-file/1"
MANIFEST = "manifest.json"
PERSONAL = "register/personal.jsonl"
PROOFS = "register/entries/"
SMALL = 4 << 20
CHUNK = 1 << 20
UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, KeyError)
"""What `zipfile` raises for a damaged, encrypted or strangely packed file."""
Fault = tuple[str, str]


@dataclass(slots=True)
class CaseVerdict:
    """What was found. `faults`: (code, where). `attested`: files whose digest stands in an entry of the register.

    `witnesses`: by how many operators every one of its checkpoints was seen. `key_given`: it was checked against a
    key the checking person brought; otherwise against the one in the file.
    """

    number: str = ""
    key_given: bool = False
    grade: str = UNANCHORED
    size: int = 0
    witnesses: int = 0
    entries: int = 0
    files: int = 0
    attested: int = 0
    personal: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.faults

    def exit_code(self, operators: int = 0) -> int:
        """As `Verdict.exit_code`: 0 it holds, 1 it does not, 3 it holds with fewer witnesses than asked for."""
        if self.faults:
            return 1
        return 0 if self.witnesses >= operators else 3

    def document(self) -> dict[str, Any]:
        """For programs: JSON values only."""
        return {
            "case": self.number, "grade": self.grade, "verified": self.holds, "size": self.size,
            "witnesses": self.witnesses, "entries": self.entries, "files": self.files, "attested": self.attested,
            "personal": self.personal, "key": "given" if self.key_given else "in_file",
            "faults": [{"code": code, "where": where} for code, where in self.faults],
        }  # fmt: skip


def is_case_file(path: Path) -> bool:
    return zipfile.is_zipfile(path)


def verify_case_file(path: Path, trust: Trust) -> CaseVerdict:
    """Check a case file: every file by its digest, every entry by its proof, personal data by its commitment.

    Without `trust.keys` the key named in the file is taken, which proves less. Raises `NoteError` when it is none.
    """
    verdict = CaseVerdict(key_given=bool(trust.keys))
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            verdict.number = str(manifest.get("number", ""))
            digests = _files(archive, manifest, verdict)
            keys = list(trust.keys) or [VerifyKey.parse(str(text)) for text in _rows(manifest, "keys")]
            bodies = _entries(archive, Trust(keys, trust.witnesses), verdict)
            _personal(archive, bodies, verdict)
    except UNREADABLE as error:
        raise NoteError(f"the file can't be read: {error}") from error
    said = {str(sha) for body in bodies.values() for sha in _digests_of(body.facts)}
    verdict.attested = len(said & digests)
    if verdict.faults:
        verdict.grade = INVALID
    return verdict


def explain_case_file(verdict: CaseVerdict, lang: str) -> list[str]:
    """The verdict in words, line by line; the first is the conclusion."""
    zh = lang.startswith("zh")
    if verdict.faults:
        head = (
            f"核验不通过：案卷 {verdict.number} 有 {len(verdict.faults)} 处不符。"
            if zh
            else f"Not verified: case file {verdict.number} has {len(verdict.faults)} mismatches."
        )
        return [
            head,
            *(f"{FAULTS[code][0 if zh else 1]} {where}".strip() for code, where in verdict.faults[:20]),
        ]
    texts = HOLDS[0 if zh else 1]
    told = {"number": verdict.number, "entries": verdict.entries, "size": f"{verdict.size:,}", "files": verdict.files,
            "attested": verdict.attested, "personal": verdict.personal}  # fmt: skip
    key = () if verdict.key_given else (KEY_IN_FILE[0 if zh else 1],)
    return [*(text.format(**told) for text in texts), WITNESS[verdict.grade][0 if zh else 1], *key]


HOLDS = (
    (
        "核验通过：案卷 {number} 的 {entries} 条登记条目均在封存摘要的 {size} 条之中，内容未变。",
        "{files} 个文件与清单相符，其中 {attested} 个的摘要载于登记条目；{personal} 条个人信息与条目的承诺相符。",
    ),
    (
        "Verified: the {entries} entries of case {number} are among the {size} of the checkpoint, unchanged.",
        "{files} files are as the list says, {attested} of them named by their digest in an entry; {personal} sets of "
        "personal data fit what the entries commit to.",
    ),
)
WITNESS = {
    WITNESSED: ("有独立见证方见证。", "Independent witnesses have seen it."),
    UNANCHORED: ("没有独立见证方见证。", "No independent witness has seen it."),
}
KEY_IN_FILE = (
    "注意：未用 --key 给出登记簿的签名密钥，只用了案卷自带的密钥。由此只知内容前后一致，不知由谁签署；"
    "整份伪造的案卷也会通过。",
    "Careful: no --key was given, so the key inside the file was taken. This shows that the file fits itself, not who "
    "signed it: one forged as a whole would pass too.",
)
FAULTS = {
    "digest": ("文件与清单所列摘要不符：", "A file is not as the list says:"),
    "missing": ("清单所列的文件不在案卷中：", "A file of the list is not there:"),
    "stray": ("案卷中有清单未列的文件：", "A file is there that the list does not name:"),
    "proof": ("登记条目的证明不成立：", "The proof of an entry does not hold:"),
    "twice": ("同一条目出现两次：", "An entry is there twice:"),
    "personal": ("个人信息与条目的承诺不符：", "Personal data does not fit what the entry commits to:"),
    "empty": ("案卷中没有登记条目。", "The file has no entry of the register."),
}


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        document = json.loads(_small(archive, MANIFEST))
    except (KeyError, ValueError, RecursionError) as error:
        raise NoteError("this ZIP has no list of a case file") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise NoteError(f"the list does not name the format {FORMAT}")
    return document


def _rows(manifest: dict[str, Any], name: str) -> list[Any]:
    found = manifest.get(name)
    return found if isinstance(found, list) else []


def _small(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as file:
        data = file.read(SMALL + 1)
    if len(data) > SMALL:
        raise NoteError(f"{name} is too large")
    return data.decode("utf-8")


def _files(archive: zipfile.ZipFile, manifest: dict[str, Any], verdict: CaseVerdict) -> set[str]:
    """Every file against the list; the digests of those that fit."""
    rows = [row for row in _rows(manifest, "files") if isinstance(row, dict)]
    listed = {str(row.get("path")): str(row.get("sha256")) for row in rows}
    there = archive.namelist()
    verdict.faults += [("stray", name) for name in there if name not in listed and name != MANIFEST]
    verdict.faults += [("twice", name) for name in {one for one in there if there.count(one) > 1}]
    good: set[str] = set()
    for name, digest in listed.items():
        if name not in there:
            verdict.faults.append(("missing", name))
        elif _digest(archive, name) != digest:
            verdict.faults.append(("digest", name))
        else:
            verdict.files += 1
            good.add(digest)
    return good


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    try:
        with archive.open(name) as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
    except UNREADABLE:
        return ""
    return found.hexdigest()


def _entries(archive: zipfile.ZipFile, trust: Trust, verdict: CaseVerdict) -> dict[int, Body]:
    bodies: dict[int, Body] = {}
    operators: list[int] = []
    for name in archive.namelist():
        if not name.startswith(PROOFS):
            continue
        try:
            text = _small(archive, name)
            found, extra = verify_proof(text, trust), Proof.parse(text).extra
        except (NoteError, UnicodeDecodeError, *UNREADABLE):
            verdict.faults.append(("proof", name))
            continue
        if found.mismatch is not None or extra is None:
            verdict.faults.append(("proof", name))
            continue
        body = Body.decode(extra)
        if body.index in bodies:
            verdict.faults.append(("twice", name))
        bodies[body.index] = body
        verdict.size = max(verdict.size, found.size)
        operators.append(found.witnesses)
    verdict.witnesses = min(operators, default=0)
    verdict.grade = WITNESSED if verdict.witnesses else UNANCHORED
    verdict.entries = len(bodies)
    if not bodies:
        verdict.faults.append(("empty", ""))
    return bodies


def _personal(archive: zipfile.ZipFile, bodies: dict[int, Body], verdict: CaseVerdict) -> None:
    if PERSONAL not in archive.namelist():
        return
    for number, line in enumerate(_lines(archive), start=1):
        try:
            row = json.loads(line)
            index, salt = int(row["index"]), bytes.fromhex(row["salt"])
            payload = base64.b64decode(row["payload"], validate=True)
            wanted = bodies[index].personal
            fits = wanted is not None and commitment(payload, salt, index) == wanted[1]
        except (BodyError, ValueError, KeyError, TypeError, binascii.Error):
            fits = False
        if fits:
            verdict.personal += 1
        else:
            verdict.faults.append(("personal", f"{PERSONAL}:{number}"))


def _lines(archive: zipfile.ZipFile) -> Iterator[bytes]:
    with archive.open(PERSONAL) as file:
        while line := file.readline(1_000_000):
            yield line


def _digests_of(facts: Any) -> Iterator[str]:
    """Every SHA-256 named in an entry's facts, however deep."""
    if isinstance(facts, dict):
        for name, value in facts.items():
            if name == "sha256" and isinstance(value, str):
                yield value
            yield from _digests_of(value)
    elif isinstance(facts, Sequence) and not isinstance(facts, str | bytes):
        for value in facts:
            yield from _digests_of(value)
