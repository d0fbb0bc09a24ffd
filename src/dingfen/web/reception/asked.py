"""What is typed at reception: a number and a name, of a person or of a firm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dingfen.matching import Record, normalise

FIRM = re.compile(
    r"公司|集团|厂|酒店|医院|学校|大学|银行|中心|工程|实业|贸易|\b(ltd|inc|llc|co|gmbh|group)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: a number and a name, of a person or of a firm."""

    phone: str
    name: str
    scope: str

    @property
    def firm(self) -> bool:
        return bool(FIRM.search(self.name))

    def record(self) -> Record:
        return Record(
            kind="company" if self.firm else "person",
            name="" if self.firm else self.name,
            company=self.name if self.firm else "",
            phones=(self.phone,) if self.phone else (),
        )

    @property
    def settled(self) -> bool:
        """Whether enough is typed to ask: a whole number, or two characters of a name."""
        whole = bool(self.phone) and not normalise(Record(phones=(self.phone,))).slips
        return whole or (not self.phone and len(self.name) >= 2)


def asked_of(data: Any) -> Asked:
    return Asked(data.get("phone", "").strip(), data.get("name", "").strip(), data.get("scope", "").strip())
