"""Names of persons: title off, surname apart, and how it sounds."""

import re
from typing import Final, NamedTuple

from .sounds import SOUNDS
from .tables import COMPOUND_SURNAMES, LATIN_TITLES, LONG_TITLES, SHORT_TITLES, SURNAME_SOUNDS, SURNAMES
from .text import fold

_HAN: Final = re.compile(r"[㐀-鿿〇\U00020000-\U0003134f]+")
_NOT_A_LETTER: Final = re.compile(r"[^\w·]+|_")
_BRACKETED: Final = re.compile(r"[(（\[【<《].*?[)）\]】>》]")
_SURNAME_SYLLABLES: Final = frozenset(
    {SURNAME_SOUNDS.get(name) or "".join(SOUNDS.get(char, "") for char in name) for name in SURNAMES}
    | {
        SURNAME_SOUNDS.get(name) or "".join(SOUNDS.get(char, "") for char in name)
        for name in COMPOUND_SURNAMES
    }
)


class PersonName(NamedTuple):
    """A name for comparing. `full` is surname + given; `given` is empty where only a title was said (张总).

    `sound` is folded pinyin, its two parts in alphabetical order, so that 张伟 sounds like "Wei Zhang".
    """

    full: str = ""
    surname: str = ""
    given: str = ""
    sound: str = ""

    def __bool__(self) -> bool:
        return bool(self.full)


def person_name(text: str) -> PersonName:
    """Read `text` as one person's name. Idempotent over `full`."""
    folded = _BRACKETED.sub(" ", fold(text)).strip()
    if not folded:
        folded = fold(text)
    han = "".join(_HAN.findall(folded))
    return _chinese(han) if han else _latin(folded)


def western_name(given: str, surname: str) -> PersonName:
    """A name whose parts stand in columns of their own. Chinese parts are joined and read as one name."""
    joined = fold(f"{surname}{given}")
    if _HAN.search(joined):
        return person_name(joined)
    first, last = (
        " ".join(_NOT_A_LETTER.sub(" ", fold(part).replace("'", "")).split()) for part in (given, surname)
    )
    sound = "".join(sorted(map(_latin_sound, filter(None, (first.replace(" ", ""), last.replace(" ", ""))))))
    return PersonName(f"{first} {last}".strip(), last, first, sound)


def fold_sound(pinyin: str) -> str:
    """Sounds that are often taken for each other, as one: zh/z, ch/c, sh/s, l/n, -ng/-n, v/u."""
    folded = pinyin.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("v", "u")
    if folded.startswith("l"):
        folded = "n" + folded[1:]
    return folded.removesuffix("g") if folded.endswith("ng") else folded


_FOLDED_ONCE: Final = {sound: fold_sound(sound) for sound in set(SOUNDS.values())}
_FOLDED: Final = {char: _FOLDED_ONCE[sound] for char, sound in SOUNDS.items()}


def sound_of(text: str) -> str:
    """Folded pinyin of each Chinese character of `text` in turn; other characters as they are."""
    return "".join([_FOLDED.get(char, char) for char in text])


def _chinese(text: str) -> PersonName:
    name = _without_titles(text)
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) != 1 else name[:1]
    if surname not in COMPOUND_SURNAMES and surname not in SURNAMES and len(name) > 4:
        return PersonName(name, "", "", sound_of(name))  # not a Chinese person's name: compare it whole
    given = name[len(surname) :]
    parts = sorted(filter(None, (_surname_sound(surname), sound_of(given))))
    return PersonName(name, surname, given, "".join(parts))


def _surname_sound(surname: str) -> str:
    sound = SURNAME_SOUNDS.get(surname)
    return fold_sound(sound) if sound else sound_of(surname)


_LAST_OF_TITLES: Final = frozenset(title[-1] for title in LONG_TITLES)


def _without_titles(name: str) -> str:
    """Take titles off until none is left; never the whole name."""
    while True:
        shorter = _without_one_title(name)
        if shorter == name:
            return name
        name = shorter


def _without_one_title(name: str) -> str:
    for title in LONG_TITLES if name[-1:] in _LAST_OF_TITLES else ():
        rest = name.removesuffix(title)
        if rest != name and rest:
            return rest
    if len(name) == 2 and name[0] in "小老阿" and name[1] in SURNAMES:
        return name[1]
    rest = name[:-1]
    if name[-1:] in SHORT_TITLES and (rest in SURNAMES or rest in COMPOUND_SURNAMES):
        return rest
    if name.endswith("总") and len(rest) >= 2 and (rest[0] in SURNAMES or rest[:2] in COMPOUND_SURNAMES):
        return rest
    return name


def _latin(text: str) -> PersonName:
    every = _NOT_A_LETTER.sub(" ", text.replace("'", "")).split()
    words = [word for word in every if word not in LATIN_TITLES] or every
    if not words:
        return PersonName()
    if len(words) > 2 and words[0] in _SURNAME_SYLLABLES:
        parts = [words[0], "".join(words[1:])]
    elif len(words) > 2 and words[-1] in _SURNAME_SYLLABLES:
        parts = [words[-1], "".join(words[:-1])]
    else:
        parts = words
    return PersonName(" ".join(sorted(words)), sound="".join(sorted(map(_latin_sound, parts))))


def _latin_sound(word: str) -> str:
    return "".join(fold_sound(syllable) for syllable in _syllables(word)) or word


_SYLLABLES: Final = frozenset(SOUNDS.values())
_LONGEST: Final = max(map(len, _SYLLABLES))


def _syllables(word: str) -> list[str]:
    """`word` cut into pinyin syllables, longest first; empty if it is no pinyin, or too long."""
    if not word or len(word) > 20:
        return []
    for length in range(min(_LONGEST, len(word)), 0, -1):
        if word[:length] in _SYLLABLES:
            rest = _syllables(word[length:])
            if rest or length == len(word):
                return [word[:length], *rest]
    return []
