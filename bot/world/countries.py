"""Countries as people type them: any common spelling in any script becomes an ISO 3166-1 code, or a question."""

import pickle
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

import pycountry
from babel import Locale, localedata
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.world.spellings import SEVERAL, SHORT_NAMES, SPELLINGS, WORDS

UNLISTED = "unknown"
"""What is stored for somebody whose country is not in the list."""

_LONGEST = 120
_MOST_SUGGESTIONS = 5
_MENTIONED = 4
_MOST_TO_ASK = 7
_FLAG_LETTERS = {chr(0x1F1E6 + i): chr(ord("A") + i) for i in range(26)}
_TAG_FLAG = re.compile("\U0001f3f4([\U000e0061-\U000e007a]{2})[\U000e0020-\U000e007f]+")
_FLAG = re.compile("([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])")
_LETTERS = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "\u0131": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ə": "e",
    "&": " and ",
}
_DROPPED = "'`.\u2019\u2018\u02bb\u02bc\u00b4\u00ad\u200b\u200c\u200d"
_SHORT, _LONG = 6, 10
"""From how many letters on one slip, and two, are forgiven in a name."""


@dataclass(frozen=True, slots=True)
class Found:
    """Exactly one country is meant."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several countries go by this name: ask which. `codes` holds (code, name), the likelier first."""

    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """No country goes by this name. `suggestions` holds (code, name) of those that may be meant, the best first."""

    suggestions: tuple[tuple[str, str], ...] = ()


def resolve_country(text: str) -> Found | Ambiguous | NotFound:
    """The country that `text` names: by ISO code, English, official, former or local name in any script, or flag.

    English names win over other languages' ones. A misspelling gives suggestions, and is taken for the country itself
    only where nothing else comes near (see `_overwhelming`). Text too long to be a country's name is not looked at.
    """
    if len(text) > _LONGEST * 2:
        return NotFound()
    stripped = text.strip()
    return _resolve(stripped) if 0 < len(stripped) <= _LONGEST else NotFound()


def country_name(code: str) -> str:
    """The short English name of an ISO code, "an unlisted country" for `unknown` and any other text."""
    return _names().get(code.upper(), "an unlisted country")


def country_flag(code: str) -> str:
    """The flag of an ISO code as an emoji, a globe for `unknown` and any other text."""
    upper = code.upper()
    return "".join(chr(0x1F1E6 + ord(c) - ord("A")) for c in upper) if upper in _names() else "🌐"


def country_codes() -> tuple[str, ...]:
    """All codes, ordered by their short English names."""
    return tuple(sorted(_names(), key=lambda code: fold(_names()[code])))


def fold(text: str) -> str:
    """A name reduced to what its spellings share: no case, accents, punctuation or leading "the"; "st" is "saint"."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFKD", text.casefold())
    words = (plain if plain.isalpha() and plain.isascii() else "".join(map(_folded, plain))).split()
    words = ["saint" if word == "st" else word for word in words]
    if len(words) > 1 and all(len(word) == 1 for word in words):
        words = ["".join(words)]
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    if char in _DROPPED or "\u0300" <= char <= "\u036f":
        return ""
    return _LETTERS.get(char, char) if unicodedata.category(char)[0] in "LNM" or char == "&" else " "


@lru_cache(maxsize=4096)
def _resolve(text: str) -> Found | Ambiguous | NotFound:
    flags, rest = _flags(text)
    if flags and not fold(rest):
        return _answer(flags)
    key = fold(rest)
    if not key or (key in WORDS and not text.isupper()):
        return NotFound()
    codes = _lookup(key) or _joined(rest)
    if flags:
        codes = tuple(code for code in codes if code in flags) or tuple(dict.fromkeys(flags + codes))
    if codes:
        return _answer(codes)
    near = _near(key)
    certain = _overwhelming(key, near)
    if certain:
        return Found(certain, country_name(certain))
    suggested = dict.fromkeys((*_mentioned(key), *(code for _, code in near)))
    return NotFound(tuple((code, country_name(code)) for code in list(suggested)[:_MOST_SUGGESTIONS]))


def _answer(codes: tuple[str, ...]) -> Found | Ambiguous | NotFound:
    if len(codes) == 1:
        return Found(codes[0], country_name(codes[0]))
    pairs = tuple((code, country_name(code)) for code in codes)
    return Ambiguous(pairs) if len(pairs) <= _MOST_TO_ASK else NotFound(pairs[:_MOST_SUGGESTIONS])


def _flags(text: str) -> tuple[tuple[str, ...], str]:
    """The countries whose flags the text shows, and the text without them."""
    found: list[str] = []
    for tagged in _TAG_FLAG.finditer(text):
        found.append("".join(chr(ord(c) - 0xE0000) for c in tagged.group(1)).upper())
    rest = _TAG_FLAG.sub(" ", text)
    for flag in _FLAG.finditer(rest):
        found.append(_FLAG_LETTERS[flag.group(1)] + _FLAG_LETTERS[flag.group(2)])
    known = tuple(dict.fromkeys(code for code in found if code in _names()))
    return known, _FLAG.sub(" ", rest)


def _lookup(key: str) -> tuple[str, ...]:
    return _english().get(key) or _everywhere().get(key, ())


def _joined(text: str) -> tuple[str, ...]:
    """The one country that *every* part of "Türkiye (Turkey)", "England, UK" or "Czechia / Czech Republic" names.

    Parts that name different things ("Paris, France", "Atlanta, Georgia") are no answer: they become suggestions.
    """
    parts = [fold(part) for part in re.split(r"[,;/|()\[\]]|\s-\s", text)]
    named = [_lookup(part) for part in parts if part]
    return named[0] if len(named) > 1 and len(set(named)) == 1 and len(named[0]) == 1 else ()


def _near(key: str) -> list[tuple[float, str]]:
    """Countries with a name spelt nearly like `key`, each with its best score out of 100, the best first."""
    best: dict[str, float] = {}
    for index, scorer, least in (
        (_english(), fuzz.ratio, 74),
        (_english(), fuzz.token_sort_ratio, 74),
        (_everywhere(), fuzz.ratio, 82),
    ):
        for name, score, _ in process.extract(key, index.keys(), scorer=scorer, limit=20, score_cutoff=least):
            for code in index[name]:
                best[code] = max(best.get(code, 0), score)
    return sorted(((score, code) for code, score in best.items()), key=lambda pair: (-pair[0], pair[1]))


def _overwhelming(key: str, near: Iterable[tuple[float, str]]) -> str:
    """The code of the one country that a misspelling must mean, or nothing.

    "Nigerria" is one slip from Nigeria and three from Niger; "Austrlia" is one from both Australia and Austria, and
    "Swedan" one from Sweden but two from Sudan. A wrong country costs a whole round, a question costs a click: so one
    slip (two in ten letters or more) is forgiven only if every other country is at least two slips further away.
    """
    allowed = 0 if len(key) < _SHORT else 1 if len(key) < _LONG else 2
    if not allowed or not key.isascii():
        return ""
    slips: dict[str, int] = {}
    for name, codes in _english().items():
        distance = OSA.distance(key, name, score_cutoff=allowed + 2)
        for code in codes:
            slips[code] = min(slips.get(code, 99), distance)
    first, second = sorted(slips.items(), key=lambda item: item[1])[:2]
    agrees = any(code == first[0] for _, code in near)
    return first[0] if agrees and first[1] <= allowed and second[1] >= first[1] + 2 else ""


def _mentioned(key: str) -> Iterator[str]:
    """Countries whose English names stand within a longer text, as in "I live in France"."""
    padded = f" {key} "
    for name, codes in _english().items():
        if len(name) >= _MENTIONED and f" {name} " in padded:
            yield from codes


@cache
def _names() -> Mapping[str, str]:
    """The short English name of every code, made of the library's by writing out "&" and "St."."""
    english = cast("Mapping[str, str]", Locale("en").territories)
    codes = [str(getattr(country, "alpha_2")) for country in pycountry.countries] + ["XK"]  # noqa: B009 - the library makes its fields when it runs
    plain = {code: english[code].replace("&", "and").replace("St.", "Saint").replace("\u2019", "'") for code in codes}
    return MappingProxyType(plain | dict(SHORT_NAMES))


@cache
def _english() -> Mapping[str, tuple[str, ...]]:
    """English names, codes and former names, folded, with the code each means. Later sources win over earlier ones."""
    index: dict[str, tuple[str, ...]] = {}
    library = cast("Mapping[str, str]", Locale("en").territories)
    for country in pycountry.countries:
        known: dict[str, str] = {
            kind: str(getattr(country, kind))
            for kind in ("alpha_2", "alpha_3", "name", "common_name", "official_name")
            if getattr(country, kind, None)
        }
        code = known["alpha_2"]
        for name in (*known.values(), library[code]):
            index[fold(name)] = (code,)
            index[fold(re.sub(r"\(.*?\)", "", name))] = (code,)
    for code, name in _names().items():
        index[fold(name)] = (code,)
    index["xk"] = index["xkx"] = ("XK",)
    for code, spellings in SPELLINGS.items():
        index.update({fold(spelling): (code,) for spelling in spellings.split(",")})
    index.update({fold(name): tuple(codes.split()) for name, codes in SEVERAL.items()})
    index.pop("", None)
    return MappingProxyType(index)


@cache
def _everywhere() -> Mapping[str, tuple[str, ...]]:
    """The names of countries in every language of the library, folded, with the code or codes each means."""
    index: dict[str, dict[str, None]] = {}
    for locale in localedata.locale_identifiers():
        if re.search(r"_([A-Z]{2}|\d{3})$", locale):
            continue
        for code, name in _territories(locale).items():
            key = fold(name)
            if code in _names() and len(key) > 1 and key != code.lower():
                index.setdefault(key, {})[code] = None
    return MappingProxyType({key: tuple(codes) for key, codes in index.items()})


def _territories(locale: str) -> Mapping[str, str]:
    """One locale's own names of territories.

    Read past the library's loader, which would keep all 370 locales in memory (150 MB).
    """
    with Path(localedata.resolve_locale_filename(locale)).open("rb") as file:
        data = cast("dict[str, dict[str, str]]", pickle.load(file))
    return data.get("territories", {})
