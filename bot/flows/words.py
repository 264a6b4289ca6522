"""Words that mean something to the bot wherever they are typed, and the many ways to say yes and no."""

import re
import unicodedata
from typing import Literal

Word = Literal["back", "stop", "help", "skip", "keep"]

_WORDS: dict[str, Word] = {
    "back": "back",
    "go back": "back",
    "stop": "stop",
    "cancel": "stop",
    "quit": "stop",
    "help": "help",
    "skip": "skip",
}
_KEEP = frozenset({"keep", "keep it", "keep this", "keep this answer", "same", "same as before", "unchanged"})

_YES_WORDS = (
    "yes ye ys y yep yeah yup yea aye sure ok okay certainly absolutely definitely indeed agree agreed true correct "
    "affirmative oui si ja da sim tak evet hai ano igen kylla jah taip ya ndiyo naam haan ја да так ναι نعم "
    "是 是的 好 はい 네 예 हाँ हां"
)
_NO_WORDS = (
    "no n nope nah never not false disagree negative non nein nao nej nei hayir iie nem hapana tidak nie nahin "
    "нет не ні όχι لا 否 不 不是 いいえ 아니요 아니오 नहीं"
)
_HEDGE_WORDS = "but maybe perhaps unsure problem idea sometimes depends or if doubt mostly partly"
_YES_PHRASES = frozenset(
    {"of course", "i do", "i am", "i have", "i can", "i will", "i agree", "i accept", "no problem"}
)
_NO_PHRASES = frozenset({"i do not", "i am not", "i have not", "i can not", "i cannot", "i will not", "of course not"})
_SIGNS = {"👍": " yes ", "✅": " yes ", "✔": " yes ", "👎": " no ", "❌": " no ", "✖": " no "}
_LONG = 12
"""More words than this are no plain yes or no."""

_NOT_WORD = re.compile(r"[^\w]+|_+")
_REPEATED = re.compile(r"(\w)\1+")
_SHORT_FORMS = re.compile(r"\b(do|does|am|are|is|have|has|ca|can|wo|will|would)n['\u2019]?t\b")


def fold(text: str) -> str:
    """A text made comparable: compatibility forms, no case, accents, punctuation or doubled spaces."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text.casefold()).strip()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = unicodedata.normalize("NFKC", "".join(c for c in decomposed if not _is_accent(c)))
    # Vowel signs of Indic scripts and Thai are marks, not letters, and part of the word all the same.
    return " ".join("".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in bare).split())


def _is_accent(char: str) -> bool:
    # Only the Latin, Greek and Cyrillic accents: the marks of Indic and Arabic scripts are vowels.
    return "\u0300" <= char <= "\u036f" or char == "\u200d" or "\ufe00" <= char <= "\ufe0f"


def _folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


_YES, _NO, _HEDGES = _folded(_YES_WORDS), _folded(_NO_WORDS), _folded(_HEDGE_WORDS)


def word(text: str) -> Word | None:
    """The command that this text is as a whole, with or without a slash."""
    if len(text) > 40:
        return None
    bare = text.strip()
    if bare.lstrip("/") == "?":
        return "help"
    return _WORDS.get(" ".join(bare.lstrip("/").rstrip(".!?").casefold().split()))


def is_keep(text: str) -> bool:
    """Whether this asks to keep the answer that was offered (`keep`, `same`, or a plain yes)."""
    return len(text) <= 40 and (fold(text) in _KEEP or yes_or_no(text) == "yes")


def yes_or_no(text: str) -> Literal["yes", "no"] | None:
    """What a text means as the answer to a yes-or-no question; None when it is neither, or both."""
    if len(text) > 200:
        return None
    for sign, meaning in _SIGNS.items():
        text = text.replace(sign, meaning)
    long_forms = _SHORT_FORMS.sub(r"\1 not", text.casefold()).replace("ca not", "can not").replace("wo not", "will not")
    phrase = fold(long_forms)
    if phrase in _YES_PHRASES:
        return "yes"
    if phrase in _NO_PHRASES:
        return "no"
    words = phrase.split()
    if not words or len(words) > _LONG or not _HEDGES.isdisjoint(words):
        return None
    if words[0] not in _YES and words[0] not in _NO:
        words[0] = _REPEATED.sub(r"\1", words[0])
    if words[0] in _YES and _NO.isdisjoint(words):
        return "yes"
    if words[0] in _NO and _YES.isdisjoint(words[1:]) and words[:2] != ["not", "sure"]:
        return "no"
    return None
