"""The weights of the comparison: one document, in plain numbers.

A weight is the evidence of one level in bits (base-2 log-odds): +1 doubles the odds that two records are
one customer, -1 halves them. `prior` is where a pair that shares a key starts. Weights were set by hand so
that an identifier of one person decides with a name that agrees, and a name alone never does.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Alike:
    """A reason for two records to agree in `fields` without being one customer: namesakes in one town, say.

    `share` in bits; a field with None agrees as it does for one customer, otherwise with these weights.
    """

    share: float
    fields: Mapping[str, Mapping[str, float] | None]


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` by "field.level" and `prior` in bits; from which surety (per cent) which answer is given.

    `crowd`: bits that agreement without any identifier loses in a base of more customers (`for_base`).
    """

    version: str
    prior: float
    weights: Mapping[str, float]
    same_from: int
    possible_from: int
    alike: tuple[Alike, ...] = ()
    crowd: float = 0.0

    def to_json(self) -> str:
        """The whole model as one document."""
        return json.dumps(asdict(self), sort_keys=True)


def model_from_json(text: str) -> Model:
    """Read back what `to_json` wrote; levels it does not know keep the shipped weight."""
    data = json.loads(text)
    alike = tuple(Alike(**one) for one in data.pop("alike", ()))
    return Model(**{**data, "weights": {**MODEL.weights, **data["weights"]}, "alike": alike})


SHIPPED_FOR: Final = 1_000_000  # customers; so cautious that up to there a fall only loses recall (measured)


def for_base(model: Model, size: int, known: int = SHIPPED_FOR) -> Model:
    """The model for a base of `size` customers; its own prior is of a base of `known`.

    With twice as many customers twice as many resemble somebody by chance: the prior falls by a bit. Who shares a
    phone or another identifier does so no more by chance in a large base than in a small one.
    """
    crowd = round(math.log2(max(size, 1) / max(known, 1)), 1)
    return replace(model, crowd=max(crowd, 0.0))


MODEL: Final = Model(
    version="hand-2",
    prior=-6.0,
    same_from=95,
    possible_from=50,
    weights={
        "credit_code.same": 14.0,
        "credit_code.differs": -12.0,
        "mobile.same": 12.0,
        "mobile.near": 3.0,
        "mobile.tail": 6.0,
        "mobile.differs": -3.0,
        "wechat.same": 11.5,
        "email.same": 10.0,
        "email.shared": 0.0,
        "vin.same": 10.0,
        "plate.same": 6.5,
        "landline.same": 7.0,
        # where they are
        "place.same": 1.5,
        "place.near": 1.0,
        "place.city": 0.5,
        "place.region": 0.0,
        "place.differs": -0.8,
        "address.same": 6.0,
        "address.number": 4.0,
        "address.near": 4.0,
        "address.street": 0.2,
        "address.differs": -1.0,
        # the person, where at least one of the two records is a person
        "name.same": 6.3,
        "name.same_common": 3.5,
        "name.sounds": 1.7,
        "name.near": 1.2,
        "name.surname": 0.5,
        "name.given": 0.2,
        "name.family": -3.5,
        "name.differs": -5.0,
        # the contact, where both records are companies: people change
        "contact.same": 4.0,
        "contact.sounds": 1.2,
        "contact.near": 0.8,
        "contact.surname": 0.3,
        "contact.given": 0.1,
        "contact.family": -0.4,
        "contact.differs": -0.5,
        # the firm, where both records are companies
        "company.same": 11.0,
        "company.short": 7.0,
        "company.other_place": 4.0,
        "company.sounds": 3.5,
        "company.near": 3.0,
        "company.other_trade": 1.0,
        "company.differs": -4.0,
        # the employer, where at least one record is a person: colleagues share it
        "employer.same": 3.0,
        "employer.short": 2.0,
        "employer.other_place": 0.5,
        "employer.sounds": 0.8,
        "employer.near": 0.8,
        "employer.other_trade": 0.2,
        "employer.differs": -0.5,
    },
)
