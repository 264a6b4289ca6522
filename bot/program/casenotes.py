"""What is written down about a case."""

from bot.program.rounds import day_label
from bot.program.turn import Turn
from storage.partnerships import Case


def note(turn: Turn, case: Case, by: str, text: str, act: str = "") -> None:
    """Write down what was done about a case: by whom (empty for the program) and when. `text` is Markdown."""
    entry = {"at": turn.now.isoformat(), "day": day_label(turn.now), "by": by, "text": text, "act": act}
    case.history = [*case.history, entry]
