"""Pure matching of customers: normalise, key, compare, explain. No I/O, no Django."""

from .compare import Answer, Match, alike, compare
from .explain import Reason
from .keys import Key, is_shared, keys, tail_keys
from .model import MODEL, Model
from .normalise import FEATURE_VERSION, Features, Normalised, Record, features, from_json, normalise, to_json
from .phones import Phone, parse_phones
from .slips import Slip

__all__ = [
    "FEATURE_VERSION",
    "MODEL",
    "Answer",
    "Features",
    "Key",
    "Match",
    "Model",
    "Normalised",
    "Phone",
    "Reason",
    "Record",
    "Slip",
    "alike",
    "compare",
    "features",
    "from_json",
    "is_shared",
    "keys",
    "normalise",
    "parse_phones",
    "tail_keys",
    "to_json",
]
