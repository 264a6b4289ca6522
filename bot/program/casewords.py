"""What a case says, and what can be done about it. Writes nothing down."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.language.markup import Markdown, plain
from bot.language.messages import Choices, Element, Option
from bot.program.partnerships import Partners, Seat, names
from bot.program.rounds import day_label
from bot.program.turn import Turn
from storage.partnerships import Case
from storage.people import Person, Program

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "not_in_room": ("again", "write", "another", "end", "wait"),
    "no_room": ("again", "end", "wait", "done"),
    "room_gone": ("again", "end", "wait", "done"),
    "left_room": ("again", "another", "end", "wait", "done"),
    "never_arrived": ("another", "write", "end", "wait", "done"),
    "silent": ("another", "write", "end", "wait", "done"),
    "unreachable": ("another", "write", "end", "wait", "done"),
    "left": ("another", "end", "wait", "done"),
    "other_partner": ("another", "write", "end", "wait", "done"),
    "misconduct": ("part", "block", "wait", "done"),
    "word": ("done", "part", "wait"),
    "wants_a_word": ("done", "wait"),
    "undelivered": ("done", "wait"),
    "fault": ("done", "wait"),
}
"""What decides each kind of case, the suggestion first."""
CONFIDENTIAL = ("misconduct", "word")
"""The kinds that a partner must never learn of. They stay open whatever becomes of the partnership."""
GENTLE_FIRST = ("never_arrived", "silent")
"""The kinds for which a friendly word is suggested first, and another partner only when that was tried."""
FOR_AMBASSADORS = ("never_arrived", "silent", "unreachable", "not_in_room")
"""The kinds that an ambassador of the silent one's country may look after: nothing that somebody asked coordinators."""
HISTORY_SHOWN = 6
"""Entries of a case's history that are shown, the newest."""


async def describe(turn: Turn, program: Program, case: Case, partners: Partners | None) -> Sequence[str]:
    """What a case says: whom it is about, what happened, what was tried, and last what is suggested."""
    person = await turn.get(Person, case.person_id) if case.person_id else None
    holder = await turn.get(Person, case.holder_id) if case.holder_id else None
    title = turn.say(
        program,
        "case.title",
        number=case.id,
        what=turn.say(program, f"case.kind.{case.kind}"),
        pair=partners.row.number if partners else None,
        people=names(turn, program, partners.seats) if partners else None,
        person=person.name if person else None,
        email=person.email if person else None,
        opened=day_label(case.opened_at),
        again=case.posts > 1,
        holder=holder.name if holder else "",
        since=day_label(case.held_at) if case.held_at else "",
    )
    parts = [title, case.detail]
    if case.history:
        parts.append(turn.say(program, "case.history", entries=_entries(case.history)))
    suggestion = "case.suggestion.gently" if _gentle(case) else f"case.suggestion.{case.kind}"
    return *parts, turn.say(program, suggestion)


def _entries(history: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The newest entries, oldest first. Their texts are Markdown already."""
    return [
        {"day": entry["day"], "by": entry["by"], "text": Markdown(entry["text"])} for entry in history[-HISTORY_SHOWN:]
    ]


def silent_seats(kind: str, seats: Sequence[Seat]) -> list[Seat]:
    """Those whom a case is about: who is not in the room, never wrote, or was asked and did not answer."""
    if kind in ("not_in_room", "left_room"):
        return [seat for seat in seats if not seat.member.present]
    if kind == "never_arrived":
        return [seat for seat in seats if seat.member.first_wrote_at is None and seat.member.asks]
    return [seat for seat in seats if seat.member.asks]


def buttons(turn: Turn, program: Program, case: Case) -> tuple[Element, ...]:
    """What can be done about a case: first what decides it, then what does not."""
    deciding = [
        Option(action, plain(turn.say(program, f"case.button.{action}")), _style(action, first=position == 0))
        for position, action in enumerate(actions(case))
    ]
    further = [Option(action, plain(turn.say(program, f"case.button.{action}"))) for action in further_actions(case)]
    return (
        Choices(f"case:{case.id}:{case.posts}", tuple(deciding)),
        Choices(f"desk:{case.id}:{case.posts}", tuple(further)),
    )


def actions(case: Case) -> tuple[str, ...]:
    """What decides a case, the suggestion first."""
    possible = ACTIONS[case.kind]
    if _gentle(case):
        return ("write", *(action for action in possible if action != "write"))
    return possible


def further_actions(case: Case) -> tuple[str, ...]:
    """What can be done about a case that leaves it open."""
    mine = "release" if case.holder_id else "take"
    if case.partnership_id is not None:
        hand = ("hand",) if case.kind in FOR_AMBASSADORS else ()
        return (mine, *hand, "message", "note", "pause", "because")
    return (mine, "message", "note") if case.person_id is not None else (mine, "note")


def handled_text(turn: Turn, program: Program, case: Case) -> Markdown:
    """Who did what about a case, and when."""
    return turn.say(
        program,
        "case.handled",
        by=case.closed_by,
        outcome=Markdown(case.outcome),
        date=day_label(case.closed_at or turn.now),
        until=day_label(case.wake_at) if case.wake_at else None,
    )


def _gentle(case: Case) -> bool:
    return case.kind in GENTLE_FIRST and case.posts <= 1 and not any(entry["act"] == "write" for entry in case.history)


def _style(action: str, *, first: bool) -> Literal["plain", "primary", "danger"]:
    if action in ("end", "block"):
        return "danger"
    return "primary" if first else "plain"
