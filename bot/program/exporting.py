"""`export`: what the rounds of a program say, as files of which nobody can be singled out, given to one coordinator.

They are made while no transaction is open (`Work.computed`), by what the composition root hands in: the library that
compares rounds is an extra.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from bot.errors import Problem
from bot.evaluation.history import RoundHistory
from bot.language.messages import Document
from bot.program.access import Who
from bot.program.command import Call, Command
from bot.program.histories import histories
from bot.program.turn import Turn
from topics.model import Kit

KEPT = timedelta(days=1)
"""So long the file is kept for its message to arrive."""
NAME, MEDIA_TYPE = "export.zip", "application/zip"

MakeExport = Callable[[Sequence[RoundHistory], Kit], bytes]
"""Makes a ZIP file of an export. It takes seconds, and runs in a thread."""


def without_export(rounds: Sequence[RoundHistory], kit: Kit) -> bytes:
    """For a table of commands that nobody gives."""
    return b""


class Exports:
    """The command, with what makes an export."""

    def __init__(self, make: MakeExport) -> None:
        self._make = make

    def commands(self) -> tuple[Command, ...]:
        """The command."""
        text = "Sends you the numbers, findings and anonymised data of the rounds, as files."
        return (Command("export", Who.COORDINATOR, text, self.command, (), "/mentoring export"),)

    async def command(self, turn: Turn, call: Call) -> None:
        """`export`: one file, in private alone: it is for somebody who knows what they do with it."""
        if not turn.able(call.address.platform).documents:
            raise Problem("export.no_files")
        kit = turn.kit(call.program)
        rounds = await histories(turn.session, kit, call.program)
        if not rounds:
            raise Problem("export.nothing")
        content: bytes = turn.work.computed(("export", call.key), partial(self._make, rounds, kit))
        key = f"export:{call.program.id}:{call.key}"
        await turn.keep_file(call.program, key, NAME, MEDIA_TYPE, content, turn.now + KEPT)
        if call.address != call.actor.direct:
            call.reply(turn, turn.say(call.program, "export.follows"))
        text = turn.say(call.program, "export.here", rounds=[one.name for one in rounds])
        document = Document(NAME, MEDIA_TYPE, file=key)
        turn.post(call.actor.direct, "reply", f"{call.key}:export", text, document, prompted=True)
