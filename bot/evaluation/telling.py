"""Findings and suggestions in words: which text of the kit says each, with what in it. Pure."""

from typing import Protocol

from bot.evaluation.findings import Evaluation, Finding, Kind, Outcome, Verdict
from bot.evaluation.suggestions import OtherPace, Suggestion, TopicLater, TopicOut, WishEarlier, suggest
from topics.model import Kit

_MINUS = "−"


class Say(Protocol):
    """Says the text of that key with these values (`Wording.say` or `Wording.plain`)."""

    def __call__(self, key: str, /, **values: object) -> str: ...


def told(finding: Finding, say: Say) -> str:
    """A finding as one sentence."""
    match finding.verdict:
        case Verdict.FOUND:
            return _found(finding, say)
        case Verdict.NOT_SHOWN:
            return say(
                "evaluation.not_shown",
                about=about(finding, say),
                what=say(f"evaluation.what.{finding.outcome}"),
                low=_signed(finding, finding.low),
                high=_signed(finding, finding.high),
                unit=finding.unit,
                people=finding.people,
                pairs=finding.pairs,
                leaning=(finding.low or 0.0) > 0 or (finding.high or 0.0) < 0,
            )
        case Verdict.NOT_ENOUGH:
            return say(
                "evaluation.not_enough",
                about=about(finding, say),
                what=say(f"evaluation.what.{finding.outcome}"),
                why=finding.why or "few",
            )


def about(finding: Finding, say: Say) -> str:
    """What a finding compares, as a few words: a row of a table, a line of a picture."""
    return say(f"evaluation.about.{finding.exposure.kind}", title=finding.exposure.title)


def _found(finding: Finding, say: Say) -> str:
    exposure, more = finding.exposure, finding.raised
    low, high = abs(finding.low or 0.0), abs(finding.high or 0.0)
    values: dict[str, object] = {"size": _size(finding, abs(finding.effect or 0.0)), "more": more}
    if finding.outcome is Outcome.USEFUL:
        values["title"] = exposure.title
    else:
        values["who"] = say(f"evaluation.who.{exposure.kind}", title=exposure.title)
        than = {"against": exposure.against} if exposure.kind is Kind.PACE else {}
        values["than"] = say(f"evaluation.than.{exposure.kind}", **than)
    return say(
        "evaluation.found",
        said=say(f"evaluation.found.{finding.outcome}", **values),
        low=_size(finding, min(low, high)),
        high=_size(finding, max(low, high)),
        people=finding.people,
        pairs=finding.pairs,
    )


def _size(finding: Finding, value: float) -> str:
    """Percentage points as whole numbers, points and messages with the places that tell something."""
    if finding.outcome in (Outcome.COMPLETION, Outcome.USEFUL):
        return f"{value:.0f}" if value >= 1 else f"{value:.1f}"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def _signed(finding: Finding, value: float | None) -> str:
    size = _size(finding, abs(value or 0.0))
    return f"{_MINUS if (value or 0.0) < 0 else '+'}{size}"


def notes(evaluation: Evaluation, say: Say) -> tuple[str, ...]:
    """What has to be known to read the findings: what they are not, how many looks there were, who answered."""
    answered = evaluation.answered.get(Outcome.PARTNER)
    first = (say("evaluation.association"),) if evaluation.found else (say("evaluation.nothing"),)
    if answered is None or not answered.known:
        return (*first, _looks(evaluation, say), say("evaluation.nobody_answered"))
    share = round(100 * answered.known / answered.of)
    answers = say("evaluation.answered", known=answered.known, of=answered.of, share=share)
    return (*first, _looks(evaluation, say), answers)


def ranked(evaluation: Evaluation, say: Say) -> tuple[str, ...]:
    """The topics, the most useful first, as one paragraph; none where too few people chose any."""
    topics = [
        {
            "rank": topic.rank,
            "title": topic.title,
            "share": round(100 * topic.share),
            "low": round(100 * topic.low),
            "high": round(100 * topic.high),
            "talked": topic.talked,
            "together": topic.together,
        }
        for topic in evaluation.ranking
    ]
    return (say("evaluation.ranking", topics=topics),) if topics else ()


def advised(evaluation: Evaluation, kit: Kit, say: Say) -> tuple[str, ...]:
    """What is suggested for the kit, a sentence each, below a heading; or that there is nothing to suggest."""
    found = [suggested(one, say) for one in suggest(evaluation, kit)]
    return (say("suggest.title") + ":", *found) if found else (say("suggest.nothing"),)


def _looks(evaluation: Evaluation, say: Say) -> str:
    return say("evaluation.looks", looks=evaluation.looks, rounds=", ".join(evaluation.rounds) or "no round")


def suggested(suggestion: Suggestion, say: Say) -> str:
    """A suggestion with the findings that support it."""
    match suggestion:
        case TopicOut(title=title):
            change = say("suggest.topic_out", title=title)
        case TopicLater(title=title):
            change = say("suggest.topic_later", title=title)
        case OtherPace(label=label):
            change = say("suggest.pace", title=label)
        case WishEarlier(title=title):
            change = say("suggest.wish", title=title)
    reasons = " ".join(told(finding, say) for finding in suggestion.because)
    return say("suggest.because", change=change, reasons=reasons)
