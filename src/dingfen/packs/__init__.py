"""The policy packs that come with Dingfen: YAML by topic, with scenarios beside it."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

SHIPPED = (
    "auto-dealer",
    "media-sales",
    "b2b-sales",
    "real-estate-desk",
    "company-complaints",
    "cn-banking-complaints",
    "uk-disp",
    "us-cfpb",
    "au-rg271",
    "real-estate-disputes",
    "contact-centre",
    "special-period",
    "bank-branch",
    "social-media",
    "difficult-customers",
    "mall",
)


def pack_files(name: str) -> dict[str, str]:
    """The YAML files of a shipped pack, name → text. Raises KeyError for a pack that is not shipped."""
    return _texts(_folder(name))


def scenario_files(name: str) -> dict[str, str]:
    """The scenario files of a shipped pack. Raises KeyError for a pack that is not shipped."""
    return _texts(_folder(name) / "scenarios")


def _folder(name: str) -> Traversable:
    if name not in SHIPPED:
        raise KeyError(name)
    return files(__name__) / name


def _texts(folder: Traversable) -> dict[str, str]:
    found = [each for each in folder.iterdir() if each.name.endswith(".yaml")]
    return {each.name: each.read_text("utf-8") for each in sorted(found, key=lambda each: each.name)}
