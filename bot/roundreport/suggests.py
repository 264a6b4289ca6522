"""What the data of some rounds suggests, as paragraphs for the report."""

from collections.abc import Sequence

from bot.evaluation.analysis import analyse
from bot.evaluation.history import RoundHistory
from bot.evaluation.telling import Say, notes, told
from topics.model import Kit


def suggests(rounds: Sequence[RoundHistory], kit: Kit, say: Say) -> tuple[str, ...]:
    """What was found, a sentence each, and what must be known to read it. Takes seconds with thousands of people."""
    evaluation = analyse(rounds, kit)
    return (*(told(finding, say) for finding in evaluation.found), *notes(evaluation, say))
