"""One catalogue of texts for each language.

Django merges the catalogues of the groups where their rules for plurals agree, but compares the code of the one
with the function of the other, so that all stay apart and every text is looked for in some forty of them.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation.trans_real import TranslationCatalog


def _update(self: Any, other: Any) -> None:
    """As Django means it: merged into the first where the plurals agree, else put before it."""
    if other.plural.__code__ == self._plurals[0].__code__:
        self._catalogs[0].update(other._catalog)
    else:
        self._catalogs.insert(0, other._catalog.copy())
        self._plurals.insert(0, other.plural)


def merge() -> None:
    """Before the first text is asked for."""
    TranslationCatalog.update = _update  # type: ignore[method-assign, assignment]
