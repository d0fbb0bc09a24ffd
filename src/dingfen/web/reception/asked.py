"""What is typed at reception: a number, and a name of a person or of a firm, or a plate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dingfen.matching import Record, normalise

FIRM = re.compile(
    r"公司|集团|厂|酒店|医院|学校|大学|银行|中心|工程|实业|贸易|\b(ltd|inc|llc|co|gmbh|group)\b",
    re.IGNORECASE,
)

# 浙A·12345, 浙AD12345 for new-energy cars, 沪A1234学 and the like
PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][·•.-]?[A-Z0-9]{4,6}[\u4e00-\u9fff]?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. `late`: the noted call that is being entered."""

    phone: str
    called: str
    scope: str
    late: str = ""

    @property
    def plate(self) -> str:
        """The second field, where it is a number plate."""
        return self.called if PLATE.fullmatch(self.called.replace(" ", "").upper()) else ""

    @property
    def name(self) -> str:
        return "" if self.plate else self.called

    @property
    def firm(self) -> bool:
        return bool(FIRM.search(self.name))

    def record(self) -> Record:
        return Record(
            kind="company" if self.firm else "person",
            name="" if self.firm else self.name,
            company=self.name if self.firm else "",
            phones=(self.phone,) if self.phone else (),
            plates=(self.plate,) if self.plate else (),
        )

    @property
    def settled(self) -> bool:
        """Whether enough is typed to ask: a whole number, or two characters of a name."""
        whole = bool(self.phone) and not normalise(Record(phones=(self.phone,))).slips
        return whole or (not self.phone and len(self.called) >= 2)


def asked_of(data: Any) -> Asked:
    return Asked(*(data.get(field, "").strip() for field in ("phone", "name", "scope", "late")))
