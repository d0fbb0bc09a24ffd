"""One loader for each kind of import: rows in, what became of them out; called inside a transaction."""

from __future__ import annotations

from collections.abc import Callable

from dingfen.imports.loaders.base import Context, Loader, Outcome
from dingfen.imports.loaders.complaints import ComplaintLoader
from dingfen.imports.loaders.customers import CustomerLoader
from dingfen.imports.loaders.deals import DealLoader
from dingfen.imports.loaders.staff import StaffLoader
from dingfen.imports.loaders.touches import TouchLoader

LOADERS: dict[str, Callable[[Context], Loader]] = {
    "customers": CustomerLoader,
    "touches": TouchLoader,
    "deals": DealLoader,
    "staff": StaffLoader,
    "complaints": ComplaintLoader,
}

__all__ = ["LOADERS", "Context", "Loader", "Outcome"]
