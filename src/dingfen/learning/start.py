"""What can be said before a company has sorted anything of its own: mood, abuse, complaint or not."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from ruamel.yaml import YAML

from dingfen.learning.model import Model, train

AXES = ("mood", "abuse", "complaint")
SURE_OF = {"mood": 0.8, "abuse": 0.9, "complaint": 0.9}


@lru_cache(maxsize=4)
def shipped(axis: str) -> Model:
    """The model of an axis, learned from the shipped sentences. Raises KeyError for another axis."""
    file = resources.files("dingfen.learning") / "start.yaml"
    known = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    rows = [(text, label) for label, texts in sorted(known[axis].items()) for text in texts]
    if axis == "abuse":  # anger is no abuse
        rows += [(text, "plain") for texts in known["mood"].values() for text in texts]
    if axis == "complaint":  # who speaks so complains
        rows += [(text, axis) for mood in ("upset", "insistent", "prepared") for text in known["mood"][mood]]
    model = train(rows, right=SURE_OF[axis])
    if model is None:
        raise RuntimeError(f"too few sentences for {axis}")
    return model
