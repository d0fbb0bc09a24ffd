"""The weights of the online check learned from a base of customers, without labels; and given to others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np

from .keys import keys
from .learning import Learned, Learner
from .model import MODEL, Alike, Model
from .normalise import Features
from .score import levels
from .vectors import Numbers

MOST_PAIRS: Final = 400_000
BUCKET: Final = 40
RANDOM_PAIRS: Final = 40_000
LEAST_ROWS: Final = 200
_SEED: Final = 7
_WEIGHT_LIMITS: Final = (-12.0, 24.0)
# level, share among pairs that are one customer, share among others: where training starts. Levels that are
# no evidence for or against (a shared mailbox) or are only asked for (four digits) keep the shipped weight.
_STARTS: Final = {
    "credit_code": "same .97 1e-6, differs .03 1",
    "mobile": "same .75 1e-6, near .06 2e-6, differs .19 1",
    "landline": "same 1 1e-5",
    "email": "same 1 1e-6",
    "wechat": "same 1 1e-6",
    "plate": "same 1 1e-6",
    "vin": "same 1 1e-6",
    "place": "same .8 1e-3, near .04 2e-3, city .1 .01, region .03 .06, differs .03 .93",
    "address": "same .75 1e-5, number .03 1e-5, near .12 5e-5, street .04 .01, differs .06 .99",
    "name": "same .65 1e-4, same_common .06 1e-4, sounds .08 1e-4, near .07 3e-4, surname .06 2e-3, "
    "given .02 1e-3, family .02 .03, differs .04 .96",
    "contact": "same .6 1e-4, sounds .08 1e-4, near .07 3e-4, surname .07 2e-3, given .02 1e-3, "
    "family .04 .03, differs .12 .96",
    "company": "same .66 2e-5, short .19 2e-5, sounds .03 2e-5, near .05 5e-5, other_place .02 3e-5, "
    "other_trade .015 3e-5, differs .035 1",
    "employer": "same .5 2e-5, short .2 2e-5, sounds .05 2e-5, near .05 5e-5, other_place .03 3e-5, "
    "other_trade .02 3e-5, differs .15 1",
}  # fmt: skip
# What each field is to learning's reasons for being alike.
_KIND: Final = {"mobile": "phone", "landline": "phone", "name": "person", "employer": "company"}
_FIELDS: Final = tuple(_STARTS)


def train(base: Sequence[Features], *, precision: float = 0.99, version: str = "trained") -> Model:
    """A model for this base. `same` is answered from where `precision` of the answers are expected right.

    Raises ValueError under LEAST_ROWS customers: too few to learn from.
    """
    if len(base) < LEAST_ROWS:
        raise ValueError("too few customers")
    pairs = _candidates(base)
    source = np.random.default_rng(_SEED)
    drawn = source.integers(0, len(base), (RANDOM_PAIRS, 2)).tolist()
    random = _levels(base, [(a, b) for a, b in drawn if a != b])
    alone = np.array(["," not in text for text in _STARTS.values()])  # said only where it agrees
    learner = Learner(
        kinds=[_KIND.get(name, name) for name in _FIELDS],
        fields=[_start(name, random[:, place]) for place, name in enumerate(_FIELDS)],
        levels=_levels(base, pairs),
        rare=[np.zeros(len(pairs)) for _ in _FIELDS],
        counted=np.ones(len(pairs), bool),
        said=np.where(alone, 1.0, (random >= 0).mean(axis=0)),
        total=len(base) * (len(base) - 1) / 2,
        prior=0.2 / len(base),
    )
    chance = learner.learn(len(base))
    compared: list[bool] = np.any(learner.levels >= 0, axis=0).tolist()
    weights = (
        dict(MODEL.weights)
        | {
            f"{name}.{level}": round(float(np.clip(bits, *_WEIGHT_LIMITS)), 3)
            for name, one, known in zip(_FIELDS, learner.fields, compared, strict=True)
            if known  # of a field that no pair had nothing is learned: the guess it started from would decide alone
            for level, bits in zip(one.levels, _falling(one), strict=True)
        }
    )
    prior = round(float(np.log2(max(learner.prior, 0.3 / len(base)))), 3)
    return Model(version, prior, weights, _threshold(chance, precision), MODEL.possible_from, _alike(learner))


def _alike(learner: Learner) -> tuple[Alike, ...]:
    """The reasons to be alike, as the model keeps them."""
    found = []
    for share, group in zip(learner.alike, learner.groups, strict=True):
        own = {}
        for place, shares in group.items():
            one, name = learner.fields[place], _FIELDS[place]
            bits = [
                round(float(np.log2(max(shares.get(level, 0), 1e-4) / other)), 3)
                for level, other in zip(one.levels, one.other, strict=True)
            ]
            own[name] = dict(zip(one.levels, bits, strict=True)) if shares else None
        found.append(Alike(round(float(np.log2(share)), 3), own))
    return tuple(found)


def _candidates(base: Sequence[Features]) -> list[tuple[int, int]]:
    """Pairs that share a key, those under the rarest keys first."""
    rows: dict[tuple[str, str], list[int]] = {}
    for place, features in enumerate(base):
        for key in keys(features):
            rows.setdefault(key[:2], []).append(place)
    found: dict[tuple[int, int], None] = {}
    for bucket in sorted(rows.values(), key=len):
        if 1 < len(bucket) <= BUCKET:
            found.update(dict.fromkeys(combinations(bucket, 2)))
        if len(found) > MOST_PAIRS:
            break
    return list(found)[:MOST_PAIRS]


def _levels(base: Sequence[Features], pairs: Iterable[tuple[int, int]]) -> Numbers:
    place = {name: number for number, name in enumerate(_FIELDS)}
    names = {name: [row.split()[0] for row in text.split(", ")] for name, text in _STARTS.items()}
    rows = []
    for a, b in pairs:
        row = [-1] * len(_FIELDS)
        for level in levels(base[a], base[b]):
            if level.level in names[level.field]:
                row[place[level.field]] = names[level.field].index(level.level)
        rows.append(row)
    return np.array(rows, np.int8).reshape(-1, len(_FIELDS))


def _start(name: str, random: Numbers) -> Learned:
    rows = [row.split() for row in _STARTS[name].split(", ")]
    same, guess = (np.array([float(row[at]) for row in rows]) for at in (1, 2))
    seen = np.bincount(random[random >= 0], minlength=len(rows)).astype(float)
    if len(rows) == 1:  # said only where it agrees: the share among all random pairs
        return Learned((rows[0][0],), same, (seen + 200 * guess) / (len(random) + 200))
    other = (seen + 200 * guess / guess.sum()) / (seen.sum() + 200)
    return Learned(tuple(row[0] for row in rows), same / same.sum(), other)


def _falling(one: Learned) -> Numbers:
    """Weights that never rise from a better to a worse level, so that agreeing more is never less sure."""
    bits = one.bits.copy()
    if len(bits) > 1:
        bits[0] = max(bits[0], 0.0)
        bits = np.minimum.accumulate(bits)
    return bits


def _threshold(chance: Numbers, precision: float) -> int:
    """The least per cent from which the pairs found are expected right often enough; 80 to 99."""
    for sure in range(80, 99):
        found = chance[chance >= sure / 100]
        if len(found) and float(found.mean()) >= precision:
            return sure
    return 99


def as_splink(model: Model = MODEL) -> dict[str, Any]:
    """The model as settings of Splink, for who wants its charts: one comparison a field, one level each.

    Column names are ours; conditions compare a column `<field>_level` that holds the level's name.
    """
    fields: dict[str, list[tuple[str, float]]] = {}
    for code, weight in model.weights.items():
        name, _, level = code.partition(".")
        fields.setdefault(name, []).append((level, weight))
    return {
        "link_type": "dedupe_only",
        "probability_two_random_records_match": 1 / (1 + 2.0**-model.prior),
        "comparisons": [_comparison(name, rows) for name, rows in fields.items()],
        "blocking_rules_to_generate_predictions": ["l.match_key = r.match_key"],
    }


def _comparison(name: str, rows: list[tuple[str, float]]) -> dict[str, Any]:
    null = {"sql_condition": f"{name}_level IS NULL", "label_for_charts": "null", "is_null_level": True}
    return {
        "output_column_name": name,
        "comparison_levels": [null, *(_splink_level(name, *row) for row in rows)],
    }


def _splink_level(name: str, level: str, weight: float) -> dict[str, Any]:
    """Only the ratio of the two shares is known here; the rarer is set to one in a million."""
    shares = (min(1.0, 2.0**weight * 1e-6), 1e-6) if weight > 0 else (1e-6, min(1.0, 2.0**-weight * 1e-6))
    return {
        "sql_condition": f"{name}_level = '{level}'",
        "label_for_charts": level,
        "m_probability": shares[0],
        "u_probability": shares[1],
    }
