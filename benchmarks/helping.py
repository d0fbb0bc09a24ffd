"""How good the suggestions are: learned on one half of files nobody here wrote, tried on the other.

`DATA=../shared/data python -m benchmarks.helping`. Beside each: the most frequent label alone, and as a peer a
linear classifier of scikit-learn over the same pieces (where it is installed).
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.real_files import cases, unmeasured
from benchmarks.report import report
from dingfen.learning.model import train
from dingfen.learning.pieces import pieces
from dingfen.learning.start import shipped

MOST = 6000
Rows = list[tuple[str, str]]


def main() -> int:
    folder = cases("petitions_zh_labelled.csv.gz", "suggestions were")
    if folder is None:
        return unmeasured()
    for name, rows in _tasks(folder).items():
        random.Random(11).shuffle(rows)
        _task(name, rows[:MOST])
    _start(folder)
    return 0


def _tasks(folder: Path) -> dict[str, Rows]:
    petitions = _read(folder, "petitions_zh_labelled")
    reviews = _read(folder, "zh_reviews_shopping10")
    angry = _read(folder, "zh_emotion_weibo_smp2020")
    rude = _read(folder, "zh_offensive_cold")
    bank = _read(folder, "complaints_cfpb_narratives")
    return {
        "petitions": [(f"{one['留言主题']}\n{one['留言详情']}", one["一级分类"]) for one in petitions],
        "bank": [(one["Consumer complaint narrative"], one["Product"]) for one in bank],
        "goods": [(one["review"], one["cat"]) for one in reviews],
        "dissatisfied": [(one["review"], one["label"]) for one in reviews],
        "angry": [(one["content"], "angry" if one["label"] == "angry" else "other") for one in angry],
        "offensive": [(one["TEXT"], one["label"]) for one in rude],
    }


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _task(name: str, rows: Rows) -> None:
    """Learn on the texts of one half; a text that stands in both is tried nowhere."""
    half = len(rows) // 2
    seen = {text for text, _ in rows[:half]}
    learned, tried = rows[:half], [row for row in rows[half:] if row[0] not in seen]
    labels = [label for _, label in tried]
    begun = time.process_time()
    model = train(learned)
    spent = time.process_time() - begun
    if model is None:
        raise SystemExit(f"{name}: too little to learn from")
    said = [model.labels[int(model.sure(text).argmax())] for text, _ in tried]
    spoken = [(one.label, label) for text, label in tried if (one := model.suggest(text)) is not None]
    common = max(set(labels), key=labels.count)
    peer = _peer(learned, tried)
    report(f"help.{name}.f1", f1(labels, said), "macro F1", accuracy=accuracy(labels, said),
           answered=round(len(spoken) / len(tried), 3),
           right_of_those=round(sum(a == b for a, b in spoken) / max(len(spoken), 1), 3),
           majority_f1=f1(labels, [common] * len(labels)), majority_accuracy=accuracy(labels, [common] * len(labels)),
           peer_f1=f1(labels, peer) if peer else None, peer_accuracy=accuracy(labels, peer) if peer else None,
           texts=len(rows), cpu_seconds=round(spent, 2))  # fmt: skip


def _peer(learned: Rows, tried: Rows) -> list[str]:
    """A linear support vector classifier over TF-IDF of the same pieces."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC
    except ImportError:
        print("!!! NO PEER: scikit-learn is not installed !!!")
        return []
    words = TfidfVectorizer(analyzer=lambda text: sorted(pieces(text)), min_df=2, sublinear_tf=True)
    peer = LinearSVC().fit(
        words.fit_transform([text for text, _ in learned]), [label for _, label in learned]
    )
    return [str(one) for one in peer.predict(words.transform([text for text, _ in tried]))]


def _start(folder: Path) -> None:
    """The shipped sentences, which nobody's file is part of: does the flag for insults find any?"""
    rows = [(one["TEXT"], one["label"]) for one in _read(folder, "zh_offensive_cold")]
    random.Random(11).shuffle(rows)
    rows = rows[:MOST]
    model = shipped("abuse")
    flagged = [label for text, label in rows if (one := model.suggest(text)) and one.label == "abusive"]
    report("help.start.insults", round(flagged.count("1") / max(len(flagged), 1), 3), "precision",
           flagged=len(flagged), of=len(rows),
           share_of_all=round(sum(label == "1" for _, label in rows) / len(rows), 3))  # fmt: skip


def accuracy(labels: Sequence[str], said: Sequence[str]) -> float:
    return round(sum(a == b for a, b in zip(labels, said, strict=True)) / len(labels), 3)


def f1(labels: Sequence[str], said: Sequence[str]) -> float:
    """The mean over the labels."""
    scores = []
    for label in sorted(set(labels)):
        hit = sum(a == b == label for a, b in zip(labels, said, strict=True))
        both = list(labels).count(label) + list(said).count(label)
        scores.append(2 * hit / both)
    return round(sum(scores) / len(scores), 3)


if __name__ == "__main__":
    sys.exit(main())
