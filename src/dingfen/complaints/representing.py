"""Who speaks for a complainant, in words, and to whom letters go."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

BASIS_WORDS: Mapping[str, str | Promise] = {
    "proxy": pgettext_lazy("representative", "Authorised representative"),
    "lawyer": pgettext_lazy("representative", "Lawyer"),
    "guardian": pgettext_lazy("representative", "Guardian"),
    "heir": pgettext_lazy("representative", "Heir"),
    "speaker": pgettext_lazy("representative", "Speaker of the group"),
}
