"""What the data of some rounds suggests, as paragraphs for the report."""

from collections.abc import Sequence

from bot.evaluation.analysis import analyse
from bot.evaluation.findings import Evaluation
from bot.evaluation.history import RoundHistory
from bot.evaluation.suggestions import suggest
from bot.evaluation.telling import Say, advised, notes, ranked, told
from topics.model import Kit


def suggests(rounds: Sequence[RoundHistory], kit: Kit, say: Say) -> tuple[str, ...]:
    """What was found, a sentence each, what must be known to read it, the topics, and what may be changed in the kit.

    Takes seconds with thousands of people.
    """
    return worded(analyse(rounds, kit), kit, say)


def worded(evaluation: Evaluation, kit: Kit, say: Say) -> tuple[str, ...]:
    """The same of what was computed, and how to have changes of the kit as a file."""
    found = (told(finding, say) for finding in evaluation.found)
    words = (*found, *notes(evaluation, say), *ranked(evaluation, say), *advised(evaluation, kit, say))
    return (*words, say("suggest.as_diff")) if suggest(evaluation, kit) else words
