"""A rehearsed round in words: what to look at, a timetable, the pairs, and each kind of message once."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from bot.language.cutting import shortened
from bot.language.markup import Markdown, escape, plain
from bot.language.messages import Document, Element
from bot.language.places import Address
from bot.program.played import Finding, Played, Sent
from bot.program.proposals import opening_time
from bot.program.rounds import day_label
from bot.program.turn import Turn
from storage.people import Program
from storage.rounds import Round

_LINES = 20
"""Lines in one message, so that every platform can show it."""
_SHORT, _LONG = 90, 900
_PAIRS = 60
"""Pairs that are told in messages; the rest is counted. A file holds all."""
_NAMES = 10
_NO_MESSAGES = ("room", "close")
_OURS = "event"
"""How the keys of answers begin: to what the rehearsed coordinator did, and not to be expected in that way."""


def report(turn: Turn, program: Program, desk: Address, round_row: Round, played: Played) -> list[list[str | Element]]:
    """What the desk is told, a message a list: with a file where the platform takes files, else in several messages."""
    sent = [each for each in played.sent if each.name != _OURS]
    head = _head(turn, program, round_row, played, sum(each.count for each in sent if each.kind not in _NO_MESSAGES))
    able = turn.able(desk.platform)
    # Names stand in it, and whoever asks to be forgotten is taken out of what stands on the desk.
    filed = able.documents and not able.documents_stay
    lines = [_line(turn, program, each) for each in sent]
    times = _table(turn, program, "rehearse.timetable", lines, filed)
    examples = [_example(turn, program, each, _LONG) for each in _each_once(sent)]
    pairs = [_pair(number, names) for number, names in enumerate(played.pairs, start=1)]
    told = "rehearse.pairs"
    if filed:
        whole = [head, *times, *_table(turn, program, told, pairs, filed, count=len(pairs)), *examples]
        # Words alone: whoever opens the file sees no signs of formatting.
        text = "\n".join(map(_unformatted, "\n\n".join(whole).split("\n"))) + "\n"
        return [[head, turn.say(program, "rehearse.file"), Document("rehearsal.txt", "text/plain", text)]]
    more = [turn.say(program, "pairs.more", count=len(pairs) - _PAIRS)] if len(pairs) > _PAIRS else []
    shown = _table(turn, program, told, [*pairs[:_PAIRS], *more], filed, count=len(pairs))
    return [[text] for text in (head, *times, *shown, *examples)]


def _head(turn: Turn, program: Program, round_row: Round, played: Played, messages: int) -> Markdown:
    takes = opening_time(played.rooms, played.rooms_per_minute)
    return turn.say(
        program,
        "rehearse.head",
        round=round_row.name,
        people=played.people,
        began=f"{played.began:%H:%M}",
        today=day_label(played.began),
        ended=day_label(played.ended),
        messages=messages,
        rooms=played.rooms,
        minutes=math.ceil(takes.total_seconds() / 60),
        findings=[_finding(turn, program, finding) for finding in played.findings],
    )


def _finding(turn: Turn, program: Program, finding: Finding) -> Markdown:
    values: dict[str, Any] = dict(finding.values)
    if "at" in values:
        values["date"] = day_label(values.pop("at"))
    if "names" in values:
        names = values["names"]
        values |= {"count": len(names), "names": names[:_NAMES], "more": max(0, len(names) - _NAMES)}
    return turn.say(program, finding.key, **values)


def _table(turn: Turn, program: Program, key: str, lines: Sequence[str], whole: bool, **values: Any) -> list[str]:
    """Lines under a heading: in one text if `whole`, else in texts that every platform can show."""
    most = len(lines) if whole and lines else _LINES
    parts = ["\n".join(lines[start : start + most]) for start in range(0, len(lines), most)]
    heading = turn.say(program, key, **values)
    return [f"{heading}\n\n{parts[0]}", *parts[1:]] if parts else []


def _line(turn: Turn, program: Program, sent: Sent) -> Markdown:
    words = shortened(" ".join(plain(sent.example).split()), _SHORT)
    return turn.say(
        program,
        "rehearse.line",
        date=day_label(sent.first),
        time=f"{sent.first:%H:%M}",
        count=sent.count,
        what=_what(turn, program, sent),
        where=str(sent.place),
        words=words,
    )


def _example(turn: Turn, program: Program, sent: Sent, most: int) -> Markdown:
    quoted = "\n".join(f"> {line}".rstrip() for line in _beginning(sent.example, most).split("\n"))
    return turn.say(
        program,
        "rehearse.example",
        what=_what(turn, program, sent),
        where=str(sent.place),
        date=day_label(sent.first),
        words=Markdown(quoted),
    )


def _beginning(markdown: str, most: int) -> str:
    """Whole lines of a text, at least one, up to about so many characters."""
    kept: list[str] = []
    room = most
    for line in markdown.split("\n"):
        room -= len(line) + 1
        if kept and room < 0:
            return "\n".join([*kept, "…"])
        kept.append(line)
    return "\n".join(kept)


def _each_once(sent: Iterable[Sent]) -> list[Sent]:
    """The first of each kind that has words."""
    first: dict[tuple[str, str], Sent] = {}
    for each in sent:
        if each.example:
            first.setdefault((each.kind, each.name), each)
    return list(first.values())


def _what(turn: Turn, program: Program, sent: Sent) -> Markdown:
    """What a message is, by its key where it is known, else by its kind."""
    texts = turn.kit(program).texts
    for name in (f"{sent.kind}_{sent.name}", sent.kind):
        if f"rehearse.what.{name}" in texts:
            return turn.say(program, f"rehearse.what.{name}")
    return turn.say(program, "rehearse.what", kind=sent.kind.replace("_", " "))


def _unformatted(line: str) -> str:
    return f"> {plain(line[2:])}" if line.startswith("> ") else plain(line)


def _pair(number: int, names: Sequence[str]) -> str:
    return f"- {number}: " + " and ".join(escape(name) for name in names)
