"""What is wrong with a typed value: a code and its numbers. The edges turn it into a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake in one value, such as `phone.mobile_length` with {"expected": 11, "found": 10}.

    `value` is what was typed, cut to 60 characters, so that the message can show it.
    """

    code: str
    value: str
    params: Mapping[str, int | str] = field(default_factory=dict)


def slip(code: str, value: str, **params: int | str) -> Slip:
    return Slip(code, value[:60], params)
