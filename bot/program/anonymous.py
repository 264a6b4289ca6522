"""Anonymous surveys: whoever is done is parted from their answers, in the rows and in the messages that were kept.

What remains says that somebody took part, and, in rows without a person and without a time, what was answered. What
somebody who reads the database could still find out is told in `docs/operating.md`.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update

from bot.flows.spec import Answer
from bot.program.turn import Turn
from storage.database import table_of
from storage.evaluation import AnonymousAnswer
from storage.rounds import Round
from storage.traffic import FlowRun, OutboxAct

_CHUNK = 500
_OVER = ("sent", "cancelled", "dead")


def plain(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Answers as they are stored."""
    return {name: list(answer) if isinstance(answer, tuple) else answer for name, answer in answers.items()}


def keep(turn: Turn, round_row: Round, survey: str, answers: Mapping[str, Any], state: str) -> None:
    """Store answers that are nobody's."""
    if answers:
        turn.session.add(
            AnonymousAnswer(
                id=_new_id(),
                program_id=round_row.program_id,
                round_id=round_row.id or 0,
                survey=survey,
                state=state,
                answers=dict(answers),
            )
        )


async def part(turn: Turn, runs: Sequence[FlowRun]) -> None:
    """Take the answers out of these conversations, and the words out of their messages that have gone out.

    What is on its way keeps its words until this is done once more, when the survey closes.
    """
    acts, keys = table_of(OutboxAct), list[str]()
    for run in runs:
        run.state, run.step = "", ""
        keys += [f"{kind}:{run.id}:{n}" for n in range(1, run.revision + 1) for kind in ("flow", "answered")]
    connection = await turn.session.connection()
    for start in range(0, len(keys), _CHUNK):
        await connection.execute(
            update(acts)
            .where(acts.c.key.in_(keys[start : start + _CHUNK]), acts.c.state.in_(_OVER))
            .values(payload="", receipt="")
        )


async def shuffle(turn: Turn, round_row: Round) -> None:
    """Write the answers of a round anew, in another order and all at once: nothing tells any more which came when."""
    await turn.session.flush()
    table, connection = table_of(AnonymousAnswer), await turn.session.connection()
    here = table.c.round_id == round_row.id
    found = (await connection.execute(table.select().where(here))).mappings()
    rows = sorted([{**row, "id": _new_id()} for row in found], key=lambda row: str(row["id"]))
    await connection.execute(delete(table).where(here))
    for start in range(0, len(rows), _CHUNK):
        await connection.execute(insert(table), rows[start : start + _CHUNK])


def _new_id() -> str:
    return secrets.token_hex(16)
