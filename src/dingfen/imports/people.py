"""Members of staff as a file names them: by name, number, account or e-mail; near names are suggested."""

from __future__ import annotations

from typing import Any

from rapidfuzz import fuzz, process

from dingfen.accounts.models import Staff
from dingfen.imports.values import CellError, folded

NEAR = 60


class People:
    """The active staff of a company under every name they go by. `paths`: units whose people may be named."""

    def __init__(self, company_id: int, paths: tuple[str, ...] | None) -> None:
        self.paths = paths
        self.known: dict[str, dict[int, Staff]] = {}
        staff = Staff.objects.filter(company_id=company_id, is_active=True, left_on=None)
        for one in staff.exclude(unit=None).select_related("unit__company", "company"):
            self.add(one)

    def add(self, staff: Staff) -> None:
        for text in (staff.name, staff.latin_name, staff.employee_number, staff.username, staff.email):
            if text:
                self.known.setdefault(folded(text), {})[staff.pk] = staff

    def find(self, text: str) -> Staff:
        """The one meant. Raises CellError `staff.unknown` (with `near`), `staff.several`, `staff.outside`."""
        found = list(self.known.get(folded(text), {}).values())
        if not found:
            near = self._near(text)
            raise CellError("staff.near" if near else "staff.nobody", name=text, **near)
        if len(found) > 1:
            raise CellError("staff.several", name=text, units=[_unit(one) for one in found])
        if self.paths is not None and not _under(found[0], self.paths):
            raise CellError("staff.outside", name=text, unit=_unit(found[0]))
        return found[0]

    def _near(self, text: str) -> dict[str, Any]:
        best = process.extractOne(folded(text), list(self.known), scorer=fuzz.ratio, score_cutoff=NEAR)
        if best is None:
            return {}
        staff = next(iter(self.known[best[0]].values()))
        return {"near": staff.name, "unit": _unit(staff)}


def _unit(staff: Staff) -> str:
    return staff.unit.name if staff.unit else ""


def _under(staff: Staff, paths: tuple[str, ...]) -> bool:
    return staff.unit is not None and any(staff.unit.path.startswith(path) for path in paths)
