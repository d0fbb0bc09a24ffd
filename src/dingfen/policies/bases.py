"""The packs a pack may extend: the company's own version published last, otherwise the shipped one."""

from __future__ import annotations

from collections.abc import Mapping

from dingfen.engine.extending import Bases
from dingfen.engine.load import HEADER_FILE
from dingfen.packs import pack_files
from dingfen.policies.models import PolicyVersion


def bases_of(company_id: int | None) -> Bases:
    """Gives the files of a pack by its name; raises KeyError where there is none."""

    def texts(name: str) -> Mapping[str, str]:
        rows = PolicyVersion.objects.filter(
            company_id=company_id, pack=name, state=PolicyVersion.State.PUBLISHED
        )
        newest = rows.order_by("-in_force_from", "-pk").first()
        return {HEADER_FILE: newest.document} if newest else pack_files(name)  # JSON is YAML too

    return texts
