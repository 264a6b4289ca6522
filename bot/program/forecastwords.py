"""The forecast in words: short lines for people who decide where to ask for more applications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.language.markup import Markdown
from bot.program.matching import Waiting, waiting_sentence
from bot.program.matching.recruiting import ELSEWHERE, Gain
from bot.program.outlook import Line, Missed, Outlook, helpful, mix_of
from bot.program.proposals import change_words
from bot.program.swaps import Change
from bot.program.tierwords import tier_label
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.people import Program
from topics.model import Kit, QuestionKind, Rule

SHOWN = 6
"""Answers of a mix that are told one by one."""
MOST_NAMED = 15
_MOST_KINDS = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What the forecast is made of. Without `names` nobody is named."""

    round: str
    counts: Mapping[str, int]
    line: Line
    answers: Sequence[Mapping[str, Any]]
    """Those of everybody who wants a place."""
    absent: int
    """How many would have a place and have not come here yet, so that they cannot be introduced."""
    found: Outlook | None
    names: Mapping[str, str]


def words(turn: Turn, program: Program, known: Known) -> tuple[str, ...]:
    """The forecast, a part a text."""
    if not known.answers:
        return (turn.say(program, "forecast.nobody", round=known.round, **known.counts),)
    texts = [_mix(turn, program, known)]
    if known.found is not None:
        texts += [_pairs(turn, program, known, known.found)]
        texts += [_recruit(turn, program, known.found.gains)] if known.found.gains is not None else []
    return tuple(texts)


def _mix(turn: Turn, program: Program, known: Known) -> Markdown:
    kit, line = turn.kit(program), known.line
    mixes = [mix_of(name, [_first(answers.get(name)) for answers in known.answers], SHOWN) for name in _told(kit)]
    return turn.say(
        program,
        "forecast.mix",
        round=known.round,
        capacity=line.capacity,
        placed=line.placed,
        full=line.kept_out("full"),
        country=line.kept_out("country"),
        limit=line.limit,
        over=[{"country": country_name(code), "count": count} for code, count in line.over],
        mixes=[
            {
                "question": kit.question(mix.question).short or mix.question,
                "most": [{"answer": _label(kit, mix.question, value), "count": count} for value, count in mix.most],
                "others": mix.others,
                "rest": mix.rest,
            }
            for mix in mixes
        ],
        **known.counts,
    )


def _pairs(turn: Turn, program: Program, known: Known, found: Outlook) -> Markdown:
    kit = turn.kit(program)
    people = [
        {"name": known.names.get(one.id, ""), "reason": Markdown(waiting_sentence(one))}
        for one in found.waiting[:MOST_NAMED]
    ]
    return turn.say(
        program,
        "forecast.pairs",
        groups=found.groups,
        trios=found.trios,
        absent=known.absent,
        waiting=len(found.waiting),
        people=people if known.names else [],
        more=max(0, len(found.waiting) - MOST_NAMED),
        reasons=_reasons(found.waiting),
        missed=[_missed(kit, one) for one in found.missed if one.missed],
    )


def _reasons(waiting: Sequence[Waiting]) -> list[dict[str, Any]]:
    """Why people wait, without their names: each reason once, with how many."""
    counts: dict[str, int] = {}
    for one in waiting:
        sentence = waiting_sentence(one)
        counts[sentence] = counts.get(sentence, 0) + 1
    return [{"reason": Markdown(sentence), "count": count} for sentence, count in counts.items()]


def _missed(kit: Kit, one: Missed) -> dict[str, Any]:
    country = kit.question(one.wish.question).kind is QuestionKind.COUNTRY
    return {
        "kind": "country" if one.wish.rule is Rule.DIFFERENT and country else str(one.wish.rule),
        "label": tier_label(kit, one.wish),
        "missed": one.missed,
        "asked": one.asked,
        "answers": [
            {"answer": _label(kit, one.wish.of, value), "count": count} for value, count in one.by_answer[:SHOWN]
        ],
    }


def _recruit(turn: Turn, program: Program, gains: Sequence[Gain]) -> Markdown:
    kit = turn.kit(program)
    kinds: list[dict[str, Any]] = []
    for wish in kit.wishes:
        best, others = helpful(gains, wish)
        if not best:
            continue
        name = best[0].kind.question
        kinds.append(
            {
                "count": best[0].count,
                "country": kit.question(name).kind is QuestionKind.COUNTRY,
                "question": kit.question(name).short or name,
                # Where people unlike all others help as much as any, it is simpler to say who does not help.
                "but": [_label(kit, name, gain.kind.value) for gain in others] if _anybody(best) else [],
                "answers": [_label(kit, name, gain.kind.value) for gain in best[:_MOST_KINDS]],
                "change": change_words(turn, program, _leading(best[0].more)),
            }
        )
    return turn.say(program, "forecast.recruit", kinds=kinds)


def _anybody(best: Sequence[Gain]) -> bool:
    return any(gain.kind.value == ELSEWHERE for gain in best)


def _leading(change: Change) -> Change:
    """The first tier that changes, alone: it decides, and the later ones are no promise."""
    first = next(place for place, more in enumerate(change) if more)
    return tuple(more if place == first else 0 for place, more in enumerate(change))


def _told(kit: Kit) -> list[str]:
    """The questions whose mix is told: the country, and what people wish for in a partner."""
    country = kit.question_of_kind(QuestionKind.COUNTRY)
    names = [country.name] if country else []
    names += [wish.of for wish in kit.wishes if wish.of] + [kit.variant_by]
    return list(dict.fromkeys(name for name in names if name))


def _first(answer: Any) -> str:
    given = next(iter(cast("list[str]", answer)), "") if isinstance(answer, list) else answer
    return str(given) if given else "unknown"


def _label(kit: Kit, name: str, value: str) -> str:
    """An answer as people read it; the pairing has it in small letters."""
    question = kit.question(name)
    if question.kind is QuestionKind.COUNTRY:
        return country_name(value.upper() if len(value) == 2 else value)
    return next((option.label for option in question.options if option.value.casefold() == value.casefold()), value)
