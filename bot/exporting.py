"""What `counterpart export` and `counterpart kit suggest` do: rounds of the database become files, and a kit's diff."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from random import SystemRandom
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.evaluation.exports import NAMES, export_files
from bot.evaluation.findings import Evaluation
from bot.evaluation.history import RoundHistory
from bot.evaluation.kitdiff import PROGRAM, SURVEYS, CannotWrite, kit_diff
from bot.evaluation.suggestions import suggest
from bot.evaluation.telling import Say, advised, notes, ranked, told
from bot.program.wording import Wording
from topics.discussion import FILE_NAME
from topics.model import Kit

KIT_DIFF, FINDINGS = "kit.diff", "findings.txt"
FILES = (*NAMES, KIT_DIFF, FINDINGS)
"""Everything that an export may write."""
_ANALYSIS = "bot.evaluation.analysis"
"""Loaded only when an evaluation is wanted: the statistics library is large, and an extra."""
_LIBRARIES = ("statsmodels", "scipy")


@dataclass(frozen=True, slots=True)
class Advice:
    """What the data suggests for a kit: in sentences, and as a diff of its files (empty where nothing is suggested).

    `by_hand` says why there is no diff although something is suggested; else it is empty.
    """

    sentences: tuple[str, ...]
    diff: str
    by_hand: str = ""


def can_evaluate() -> bool:
    """Whether the statistics library is installed."""
    return all(find_spec(name) is not None for name in _LIBRARIES)


def evaluated(histories: Sequence[RoundHistory], kit: Kit) -> Evaluation:
    """What the data of these rounds suggests. Raises ImportError where the statistics library is not installed."""
    return import_module(_ANALYSIS).analyse(histories, kit)


def advice(evaluation: Evaluation, kit: Kit, files: Mapping[str, str]) -> Advice:
    """What is suggested for the kit whose files these are, by name."""
    say: Say = Wording(kit).plain
    found, sentences = suggest(evaluation, kit), advised(evaluation, kit, say)
    if not found:
        return Advice(sentences, "")
    try:
        return Advice((*sentences, say("suggest.apply")), kit_diff(found, files))
    except CannotWrite as problem:
        return Advice(sentences, "", say("suggest.by_hand", problem=str(problem)))


def kit_files(folder: Path) -> Mapping[str, str]:
    """The texts of those files of a kit that a suggestion may change, by name, with their line ends as they are."""
    return {path.name: path.read_bytes().decode("utf-8") for path in sorted(folder.iterdir()) if _may_change(path.name)}


def _may_change(name: str) -> bool:
    return name in (PROGRAM, SURVEYS) or FILE_NAME.fullmatch(name) is not None


def exported(
    histories: Sequence[RoundHistory], kit: Kit, evaluation: Evaluation | None, files: Mapping[str, str] | None
) -> Mapping[str, str]:
    """The files of an export by name. Without an evaluation, what needs one is left out; without the kit's files, the
    diff of them.
    """
    written = dict(export_files(histories, kit, evaluation, SystemRandom()))
    if evaluation is None:
        return written
    say: Say = Wording(kit).plain
    suggestions = Advice(advised(evaluation, kit, say), "") if files is None else advice(evaluation, kit, files)
    written[FINDINGS] = _page(evaluation, kit, suggestions)
    return {**written, KIT_DIFF: suggestions.diff} if suggestions.diff else written


def make_export(rounds: Sequence[RoundHistory], kit: Kit) -> bytes:
    """An export as one ZIP file. Findings are in it where the statistics library is installed."""
    evaluation = evaluated(rounds, kit) if can_evaluate() else None
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in sorted(exported(rounds, kit, evaluation, None).items()):
            # Without a time: when somebody asked says nothing of the data.
            archive.writestr(ZipInfo(name), text.encode(), ZIP_DEFLATED)
    return packed.getvalue()


def _page(evaluation: Evaluation, kit: Kit, suggestions: Advice) -> str:
    """Everything that was found and is suggested, and all that was looked at, in sentences."""
    say: Say = Wording(kit).plain
    rest = [finding for finding in evaluation.findings if finding not in evaluation.found]
    parts = [
        [told(finding, say) for finding in evaluation.found],
        notes(evaluation, say),
        ranked(evaluation, say),
        [*suggestions.sentences, *([suggestions.by_hand] if suggestions.by_hand else [])],
        [told(finding, say) for finding in rest],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"
