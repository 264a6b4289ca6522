"""Rehearsal: the coming round is played in virtual time on the real applications, and the desk hears what it saw.

The rows of the round are copied while the transaction is open, and played when it is not (`Work.computed`), by what the
composition root hands in. Nothing is sent but the answer.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from bot.errors import Problem
from bot.language.messages import Choices, Option
from bot.program.access import Action, Who, allowed
from bot.program.command import Call, Command
from bot.program.copied import Copied, copy_round
from bot.program.milestones import counts_of
from bot.program.played import Played, Unplayed
from bot.program.rehearsalwords import report
from bot.program.rounds import current_round
from bot.program.routes import Press, Pressed
from bot.program.turn import Turn
from storage.people import Program
from storage.rounds import Round

MOST_PEOPLE = 2_000
"""Applications up to which a round is played."""
MOST_SECONDS = 180.0
"""How long playing it may take."""
AT_ONCE = 150
"""Applications up to which it is played without asking first: it takes a few seconds then."""
PER_SECOND = 15
"""Applications that are played in a second, roughly."""

Rehearse = Callable[[Copied, datetime, float], Played | Unplayed]
"""Plays a copied round from that moment, in so many seconds at most. It touches nothing, and runs in a thread."""


def nothing_to_play_with(copied: Copied, now: datetime, seconds: float) -> Played | Unplayed:
    """For a table of commands that nobody gives."""
    return Unplayed("rehearse.failed")


class Rehearsals:
    """The command and the button, with what plays a round."""

    def __init__(self, rehearse: Rehearse) -> None:
        self._rehearse = rehearse

    def commands(self) -> tuple[Command, ...]:
        """The command."""
        text = "Plays the coming round on the real applications and shows what would be sent; nothing is sent."
        return (Command("rehearse", Who.COORDINATOR, text, self.command),)

    def buttons(self) -> Mapping[str, Pressed]:
        """The button of somebody who was told that it takes a while."""
        return {"rehearse": self.pressed}

    async def command(self, turn: Turn, call: Call) -> None:
        """`rehearse`: play the coming round. A large one only after saying how long it takes."""
        round_row = await _playable(turn, call.program)
        applied = (await counts_of(turn, round_row))["applied"]
        if applied <= AT_ONCE:
            await self._play(turn, call.program, round_row, call.key)
            call.reply(turn, turn.say(call.program, "rehearse.done"))
            return
        text = turn.say(
            call.program, "rehearse.ask", round=round_row.name, people=applied, seconds=max(10, applied // PER_SECOND)
        )
        option = Option("play", turn.say(call.program, "rehearse.button.play"), "primary")
        call.reply(turn, text, Choices(f"rehearse:{round_row.id}", (option,)))

    async def pressed(self, turn: Turn, press: Press) -> None:
        """Play it, now that it is known that it takes a while."""
        decision = allowed(press.standing, Action(Who.COORDINATOR))
        if not decision.allowed:
            raise Problem(decision.reason)
        round_row = await _playable(turn, press.program)
        if press.parts != (str(round_row.id),):
            raise Problem("flow.over")
        await self._play(turn, press.program, round_row, press.key)
        text = turn.say(press.program, "rehearse.done")
        turn.reply(press.actor, press.address, "reply", f"{press.key}:reply", text)

    async def _play(self, turn: Turn, program: Program, round_row: Round, key: str) -> None:
        copied = await copy_round(turn, program, round_row)
        # People may apply while it is played. It is about the moment at which it was asked for, so that is no reason to
        # play it again.
        compute = partial(self._rehearse, copied, turn.now, MOST_SECONDS)
        played: Played | Unplayed = turn.work.computed(("rehearsal", key), compute)
        if isinstance(played, Unplayed):
            raise Problem(played.key, **played.values)
        desk = await turn.desk(program)
        for number, parts in enumerate(report(turn, program, desk, round_row, played)):
            turn.post(desk, "rehearsal", f"rehearsal:{key}:{number}", *parts, prompted=True)


async def _playable(turn: Turn, program: Program) -> Round:
    """The round, if it has not begun. Raises Problem where there is nothing to play."""
    round_row = await current_round(turn, program)
    if round_row is None:
        raise Problem("round.none")
    if round_row.state in ("running", "ended"):
        raise Problem(f"rehearse.{round_row.state}", round=round_row.name)
    applied = (await counts_of(turn, round_row))["applied"]
    if not applied:
        raise Problem("rehearse.nobody", round=round_row.name)
    if applied > MOST_PEOPLE:
        raise Problem("rehearse.too_many", people=applied, most=MOST_PEOPLE)
    return round_row
