"""Texts made to fit: cut at sentences, at words, and never through a link, an accent or a joined sign."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.language.runs import Block, Run

_SENTENCE = re.compile(r"[.!?…。！？][\"')\]]*\s")
_JOIN, _VARIANTS = "\u200d", "\ufe0e\ufe0f"
"""What joins two emoji to one, and what chooses how one is shown."""
_CUT = "…"

Shown = Callable[[Block], str]
"""How a platform writes a block down."""


def size(text: str) -> int:
    """The length of a text as a platform may count it: what is beyond the basic plane counts twice."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def shortened(text: str, most: int) -> str:
    """The text if it is no longer than that, else its beginning with `…`."""
    if size(text) <= most:
        return text
    kept, room = 0, most - len(_CUT)
    for char in text:
        room -= size(char)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _CUT


def pieces(blocks: Sequence[Block], most: int, shown: Shown) -> list[str]:
    """These blocks written down, in as few pieces of at most so many characters as paragraphs and sentences allow."""
    found: list[str] = []
    for block in blocks:
        for part in _fitting(block, most, shown):
            text = shown(part)
            if found and size(found[-1]) + size(part.gap) + size(text) <= most:
                found[-1] += part.gap + text
            else:
                found.append(text)
    return found


def _fitting(block: Block, most: int, shown: Shown) -> list[Block]:
    """The block, in parts if it is too long for one."""
    parts: list[Block] = []
    # Shown, a text is at least as long as its words, which are counted sooner.
    while len(block.words) > most or size(shown(block)) > most:
        left, block = cut(block, _room(block, most, shown))
        parts.append(left)
    return [part for part in (*parts, block) if part.words.strip()]


def _room(block: Block, most: int, shown: Shown) -> int:
    """How many characters of a block fit, when they are shown, into so many."""
    low, high = 1, min(most, len(block.words))
    while low < high:
        middle = (low + high + 1) // 2
        fits = size(shown(_begin(block, middle))) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _begin(block: Block, at: int) -> Block:
    runs: list[Run] = []
    for run in block.runs:
        if at <= 0:
            break
        runs.append(Run(run.text[:at], run.styles, run.url, run.code))
        at -= len(run.text)
    return Block(tuple(runs), block.level, block.first, block.rest, block.gap)


def cut(block: Block, at: int) -> tuple[Block, Block]:
    """The block in two parts, the first with `at` characters or a few less. No link is taken apart, no accent lost."""
    at = _whole(block, _good_end(block.words, at))
    left: list[Run] = []
    right: list[Run] = []
    passed = 0
    for run in block.runs:
        here = min(max(0, at - passed), len(run.text))
        passed += len(run.text)
        if here:
            left.append(replace(run, text=run.text[:here]))
        if here < len(run.text):
            right.append(replace(run, text=run.text[here:]))
    return replace(block, runs=tuple(left)), replace(block, runs=_stripped(right), first=block.rest, gap="\n")


def _good_end(words: str, at: int) -> int:
    """Where to end a text of at most `at` characters: at a line's end, a sentence's, a word's."""
    part = words[:at]
    if (end := part.rfind("\n") + 1) > at // 2:
        return end
    if (end := max((found.end() for found in _SENTENCE.finditer(part)), default=0)) > at // 2:
        return end
    return max(part.rfind(" ") + 1, part.rfind("\n") + 1) or at


def _whole(block: Block, at: int) -> int:
    """The end moved forward, so that a link stays whole, and accents and joined signs stay with what they belong to."""
    start = 0
    for run in block.runs:
        if run.url and start < at < start + len(run.text):
            return start or len(run.text)
        start += len(run.text)
    words, end = block.words, at
    while 1 < end < len(words) and (_clings(words[end]) or words[end - 1] == _JOIN):
        end -= 1
    return end if end > 1 else at


def _clings(char: str) -> bool:
    return char in (_JOIN, *_VARIANTS) or unicodedata.combining(char) > 0


def _stripped(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs without white space at their beginning."""
    found = list(runs)
    while found and not found[0].text.strip():
        found.pop(0)
    return (replace(found[0], text=found[0].text.lstrip()), *found[1:]) if found else ()
