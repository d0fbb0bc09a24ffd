"""Other matchers on the same rows: tantivy for looking up, Splink for looking up and for a whole base.

Both get what our own reading makes of each row (they have no Chinese of their own), and Splink trains itself.
They are the extra `bench`; where one is missing, that is said in so many words and nothing stands in its place.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from dingfen.matching import Features
from dingfen.matching.clusters import clusters

MISSING = "NOT MEASURED: {} is not installed; pip install 'dingfen[bench]' brings it"
_COLUMNS = ("name", "sound", "firm", "firm_sound", "mobile", "email", "wechat", "city", "house")
Lookup = Callable[[Features], Sequence[int]]


def missing(*names: str) -> list[str]:
    """Those of these packages that are not installed."""
    return [name for name in names if find_spec(name) is None]


def tantivy_index(known: Sequence[Features]) -> Lookup:
    """A look-up among `known`: pieces of two characters, words of pinyin, identifiers; the best 50 places."""
    import tantivy  # type: ignore[import-not-found,unused-ignore]

    schema = tantivy.SchemaBuilder()
    schema.add_text_field("words", tokenizer_name="whitespace")
    schema.add_integer_field("place", stored=True)
    index = tantivy.Index(schema.build())
    writer = index.writer(100_000_000)
    for place, one in enumerate(known):
        writer.add_document(tantivy.Document(words=[" ".join(_words(one))], place=place))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def look(one: Features) -> Sequence[int]:
        terms = [tantivy.Query.term_query(index.schema, "words", word) for word in _words(one)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        return [searcher.doc(address)["place"][0] for _, address in searcher.search(query, 50).hits]

    return look


def _words(one: Features) -> list[str]:
    text = one.person.full + one.company.whole
    pieces = [text[at : at + 2] for at in range(len(text) - 1)]
    sounds = [f"~{sound}" for sound in (one.person.sound, one.company.sound) if sound]
    house = one.address.street + one.address.number
    return [word.replace(" ", "_") for word in (*pieces, *sounds, *one.mobiles, *one.emails, *one.wechats,
                                               *one.plates, house) if word]  # fmt: skip


def _row(place: int, one: Features) -> dict[str, Any]:
    address = one.address
    cells = (
        one.person.full, one.person.sound, one.company.core, one.company.sound, *(
            next(iter(values), "") for values in (one.mobiles, one.emails, one.wechats)
        ), one.place.city, f"{address.street} {address.number}" if address.street and address.number else "",
    )  # fmt: skip
    return {"unique_id": place} | {name: cell or None for name, cell in zip(_COLUMNS, cells, strict=True)}


class Splink:
    """A model of Splink over `known`, trained without labels as its own guide does it."""

    def __init__(self, known: Sequence[Features]) -> None:
        import duckdb  # type: ignore[import-not-found,unused-ignore]
        import splink.comparison_library as cl  # type: ignore[import-not-found,unused-ignore]
        from splink import (  # type: ignore[import-not-found,unused-ignore]
            DuckDBAPI,
            Linker,
            SettingsCreator,
            block_on,
        )

        logging.getLogger("splink").setLevel(logging.ERROR)
        store = duckdb.connect()
        store.execute("SET enable_progress_bar = false")
        self.database = DuckDBAPI(store)
        self.base = self._table([_row(place, one) for place, one in enumerate(known)], "base")
        rules = [block_on(*names) for names in (
            ("mobile",), ("email",), ("wechat",), ("name", "city"), ("sound", "city"), ("firm",),
            ("firm_sound", "city"), ("house", "city"),
        )]  # fmt: skip
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                cl.JaroWinklerAtThresholds("name", [0.8]).configure(term_frequency_adjustments=True),
                cl.ExactMatch("sound"),
                cl.JaroWinklerAtThresholds("firm", [0.8]).configure(term_frequency_adjustments=True),
                cl.DamerauLevenshteinAtThresholds("mobile", [1]),
                cl.ExactMatch("email"),
                cl.ExactMatch("wechat"),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.LevenshteinAtThresholds("house", [1]),
            ],
            blocking_rules_to_generate_predictions=rules,
            retain_intermediate_calculation_columns=False,
        )
        self.linker = Linker(self.base, settings, log_level=None)
        begun = time.perf_counter()
        training = self.linker.training
        training.estimate_probability_two_random_records_match(
            [block_on("mobile"), block_on("email"), block_on("name", "firm")], recall=0.7
        )
        training.estimate_u_using_random_sampling(max_pairs=1_000_000)
        for rule in (block_on("mobile"), block_on("name", "city")):
            training.estimate_parameters_using_expectation_maximisation(rule)
        self.trained_in = time.perf_counter() - begun

    def _table(self, rows: list[dict[str, Any]], name: str) -> Any:
        import pyarrow as pa  # type: ignore[import-not-found,import-untyped,unused-ignore]

        kinds = pa.schema([("unique_id", pa.int64()), *((column, pa.string()) for column in _COLUMNS)])
        return self.database.register(pa.Table.from_pylist(rows, schema=kinds), dataset_display_name=name)

    def best(self, one: Features, place: int) -> int | None:
        """The place of the likeliest among `known`; `place` is a number no other has."""
        asked = self._table([_row(place, one)], f"asked_{place}")
        found = self.linker.inference.predict_between(self.base, asked, threshold_match_probability=0.01)
        rows = found.as_record_list()
        if not rows:
            return None
        top = max(rows, key=lambda row: row["match_probability"])
        return int(next(top[name] for name in ("unique_id_l", "unique_id_r") if top[name] != place))

    def pairs(self, least: float) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """(pairs, pairs within groups) from a probability on; groups with our own guard against chains."""
        rows = self.linker.inference.predict(threshold_match_probability=least).as_record_list()
        found = [(row["unique_id_l"], row["unique_id_r"], row["match_probability"]) for row in rows]
        groups = clusters(found)
        return (
            {(min(a, b), max(a, b)) for a, b, _ in found},
            {
                (a, b)
                for group in groups
                for at, a in enumerate(sorted(group))
                for b in sorted(group)[at + 1 :]
            },
        )
