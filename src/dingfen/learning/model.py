"""A small classifier, learned on the spot and kept as a document. Pure.

Weights start as those of a naive Bayes over the pieces of the texts and are then corrected by a few rounds of
logistic regression. How sure it must be before it says anything is found on texts it has not seen: below that
it stays silent.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from dingfen.learning.pieces import pieces

VERSION: Final = 1
LEAST_TEXTS: Final = 30
"""Fewer sorted texts than this teach nothing."""
LEAST_OF_LABEL: Final = 5
RIGHT: Final = 0.8
"""Of what it says, this share must be right on texts it has not seen."""
FOLDS: Final = 5
_MOST_PIECES: Final = 60_000
_LEAST_TEXTS_OF_PIECE: Final = 2
_ROUNDS: Final = 4
_STEP: Final = 0.5
_SHRINK: Final = 1e-5
_SMOOTH: Final = 0.3

if TYPE_CHECKING:  # numpy costs a start and each process 20 MB: it is loaded by who calculates
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label with how sure (0 to 1) and the pieces of the text that spoke most for it."""

    label: str
    sure: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What it was worth on texts it had not seen: `texts` of them, share it answered, and of those right.

    `f1` is the mean over the labels when it always answers, `majority` the share of the most frequent label.
    """

    texts: int
    answered: float
    right: float
    accuracy: float
    f1: float
    majority: float
    labels: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """`least`: how sure it must be to say anything; above 1 it never does."""

    labels: tuple[str, ...]
    index: Mapping[str, int]
    weights: Array
    bias: Array
    least: float
    figures: Figures

    def sure(self, text: str) -> Array:
        """How sure it is of each label; they sum to 1."""
        return _softmax(self._scores(_places(self.index, pieces(text))))

    def suggest(self, text: str) -> Suggestion | None:
        """The likeliest label; None when it is not sure enough, or knows nothing of the text."""
        places = _places(self.index, pieces(text))
        if not len(places):
            return None
        sure = _softmax(self._scores(places))
        best = int(sure.argmax())
        if sure[best] < self.least:
            return None
        return Suggestion(self.labels[best], float(sure[best]), self._because(text, best))

    def _scores(self, places: Array) -> Array:
        return _scores(self.weights, self.bias, places)

    def _because(self, text: str, best: int, most: int = 5) -> tuple[str, ...]:
        """The pieces that told most, none within another."""
        rest = self.weights.sum(axis=0) - self.weights[best]
        told = {
            piece: float(self.weights[best, place] - rest[place] / max(len(self.labels) - 1, 1))
            for piece in pieces(text)
            if len(piece) > 1 and (place := self.index.get(piece)) is not None
        }
        found: list[str] = []
        for piece, weight in sorted(told.items(), key=lambda pair: (-pair[1], pair[0])):
            if weight <= 0 or len(found) == most:
                break
            if not any(piece in other or other in piece for other in found):
                found.append(piece)
        return tuple(found)


def train(
    texts: Sequence[tuple[str, str]], *, right: float = RIGHT, progress: Progress = lambda share: None
) -> Model | None:
    """Learn from (text, label). None where there is too little: fewer than two labels with enough texts.

    The same texts in the same order give the same model. `progress` hears shares of the work from 0 to 1.
    """
    import numpy as np

    counts = Counter(label for _, label in texts)
    kept = [(pieces(text), label) for text, label in texts if counts[label] >= LEAST_OF_LABEL]
    labels = tuple(sorted({label for _, label in kept}))
    if len(kept) < LEAST_TEXTS or len(labels) < 2:
        return None
    answers = np.array([labels.index(label) for _, label in kept])
    said, sure = np.zeros(len(kept), dtype=int), np.zeros(len(kept), dtype=np.float32)
    fold_of = _folds(answers)
    for fold in range(FOLDS):
        others, own = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        index, weights, bias = _fit([kept[i][0] for i in others], answers[others], len(labels))
        for i in own:
            spread = _softmax(_scores(weights, bias, _places(index, kept[i][0])))
            said[i], sure[i] = int(spread.argmax()), float(spread.max())
        progress((fold + 1) / (FOLDS + 1))
    least = _least(said == answers, sure, right)
    index, weights, bias = _fit([found for found, _ in kept], answers, len(labels))
    progress(1.0)
    figures = _figures(said, answers, sure >= least, labels)
    return Model(labels, index, weights, bias, least, figures)


def _folds(answers: Array) -> Array:
    """Which fold each text is tried in: every label spread evenly."""
    import numpy as np

    fold_of = np.zeros(len(answers), dtype=int)
    for label in np.unique(answers):
        places = np.flatnonzero(answers == label)
        fold_of[places] = np.arange(len(places)) % FOLDS
    return fold_of


def _fit(rows: Sequence[set[str]], answers: Array, labels: int) -> tuple[dict[str, int], Array, Array]:
    """Vocabulary, weights (labels by pieces) and bias."""
    import numpy as np

    often = Counter(piece for row in rows for piece in row)
    known = [(piece, n) for piece, n in often.items() if n >= _LEAST_TEXTS_OF_PIECE]
    known.sort(key=lambda pair: (-pair[1], pair[0]))
    index = {piece: place for place, (piece, _) in enumerate(known[:_MOST_PIECES])}
    places = [_places(index, row) for row in rows]
    counts = np.full((labels, len(index)), _SMOOTH, dtype=np.float32)
    for found, label in zip(places, answers, strict=True):
        counts[label, found] += 1
    share = np.log(counts / counts.sum(axis=1, keepdims=True))
    weights = (share - share.mean(axis=0, keepdims=True)).astype(np.float32)
    bias = np.zeros(labels, dtype=np.float32)
    dice = np.random.default_rng(7)
    for turn in range(_ROUNDS):
        step = _STEP / (1 + turn)
        for i in dice.permutation(len(places)):
            found = places[i]
            if not len(found):
                continue
            scale = len(found) ** -0.5
            wrong = _softmax(_scores(weights, bias, found))
            wrong[answers[i]] -= 1
            weights[:, found] -= (step * scale) * (wrong[:, None] + _SHRINK * weights[:, found])
            bias -= step * 0.1 * wrong
    return index, weights, bias


def _places(index: Mapping[str, int], found: set[str]) -> Array:
    import numpy as np

    return np.array(sorted(index[piece] for piece in found if piece in index), dtype=np.int64)


def _scores(weights: Array, bias: Array, places: Array) -> Array:
    """Long texts count by the root of their length, or they would always be sure."""
    if not len(places):
        return bias
    total: Array = weights[:, places].sum(axis=1) * len(places) ** -0.5 + bias
    return total


def _softmax(scores: Array) -> Array:
    import numpy as np

    spread = np.exp(scores - scores.max())
    total: Array = spread / spread.sum()
    return total


def _least(right: Array, sure: Array, wanted: float) -> float:
    """The lowest surety from which on the wanted share is right; above 1 when there is none."""
    import numpy as np

    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero((shares >= wanted) & (np.arange(len(order)) >= min(9, len(order) - 1)))
    return float(sure[order[good[-1]]]) if len(good) else 2.0


def _figures(said: Array, answers: Array, spoke: Array, labels: tuple[str, ...]) -> Figures:
    import numpy as np

    scores = []
    for label in range(len(labels)):
        hit = int(((said == label) & (answers == label)).sum())
        both = int((said == label).sum() + (answers == label).sum())
        scores.append(2 * hit / both if both else 0.0)
    counts = Counter(labels[i] for i in answers.tolist())
    return Figures(
        texts=len(answers),
        answered=round(float(spoke.mean()), 4),
        right=round(float((said == answers)[spoke].mean()), 4) if spoke.any() else 0.0,
        accuracy=round(float((said == answers).mean()), 4),
        f1=round(float(np.mean(scores)), 4),
        majority=round(max(counts.values()) / len(answers), 4),
        labels=dict(counts),
    )


def dump(model: Model) -> bytes:
    """The model as a document (gzipped JSON): version, labels, pieces, weights, figures."""
    import numpy as np

    document = {
        "version": VERSION,
        "labels": list(model.labels),
        "pieces": list(model.index),
        "weights": base64.b64encode(model.weights.astype(np.float16).tobytes()).decode(),
        "bias": [float(one) for one in model.bias],
        "least": model.least,
        "figures": {name: getattr(model.figures, name) for name in Figures.__dataclass_fields__},
    }
    return gzip.compress(json.dumps(document, ensure_ascii=False, sort_keys=True).encode(), mtime=0)


def load(document: bytes) -> Model:
    """Read a document. Raises ValueError for another version or one that is damaged."""
    import numpy as np

    try:
        read = json.loads(gzip.decompress(document))
        if read["version"] != VERSION:
            raise ValueError(f"version {read['version']}, not {VERSION}")
        labels, index = tuple(read["labels"]), {piece: i for i, piece in enumerate(read["pieces"])}
        raw = np.frombuffer(base64.b64decode(read["weights"]), dtype=np.float16)
        weights = raw.astype(np.float32).reshape(len(labels), len(index))
        bias = np.array(read["bias"], dtype=np.float32)
        return Model(labels, index, weights, bias, float(read["least"]), Figures(**read["figures"]))
    except (KeyError, TypeError, OSError, EOFError) as error:
        raise ValueError("no document of a model") from error
