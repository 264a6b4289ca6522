"""How a proposal is put before the coordinators."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import col, select

from bot.language.markup import Markdown
from bot.language.messages import Choices, Element, Option
from bot.program.pairing import groups_of, names_of
from bot.program.proof import proof_from
from bot.program.proofwords import short_of
from bot.program.swaps import Change, less_by
from bot.program.tierwords import tier_label, tier_total
from bot.program.turn import Turn
from bot.world.countries import country_name
from storage.people import Program
from storage.rounds import Application, Proposal, ProposedGroup
from topics.model import QuestionKind, Rule, Wish

PAGE = 15
"""How many groups are shown at once."""


def opening_time(rooms: int, per_minute: float) -> timedelta:
    """How long a platform needs to open so many rooms, at its own pace; nothing where that is not worth telling."""
    return timedelta(minutes=rooms / per_minute) if per_minute and rooms > per_minute else timedelta()


async def announce(turn: Turn, program: Program, proposal: Proposal) -> None:
    """Put a proposal before the coordinators, with what it achieves and buttons to decide."""
    parts = await summary(turn, program, proposal)
    await turn.tell_desk(program, "proposal", f"proposal:{proposal.id}", *parts)


async def summary(turn: Turn, program: Program, proposal: Proposal) -> list[str | Element]:
    """A proposal as a message: what it achieves, its first groups, and the buttons."""
    groups = await groups_of(turn, proposal)
    scores = [group.score for group in groups]
    text = turn.say(
        program,
        "match.summary",
        number=proposal.number,
        people=sum(len(group.people) for group in groups),
        groups=len(groups),
        trios=sum(1 for group in groups if len(group.people) > 2),
        different=sum(1 for score in scores if score.get("country_different")),
        wishes=sum(score.get("type_wishes", 0) for score in scores),
        wishes_met=sum(score.get("type_wishes_met", 0) for score in scores),
        similarity=round(sum(score.get("interest_similarity", 0.0) for score in scores), 2),
        interest_wishes=sum(score.get("interest_wishes", 0) for score in scores),
        apart=sum(1 for score in scores if not score.get("overlap_minutes")),
        waiting=len(proposal.waiting),
        locked=sum(1 for group in groups if group.locked),
        proof=proof_line(turn, program, proposal, any(group.locked for group in groups)),
    )
    shown = await lines(turn, program, groups[:PAGE])
    more = turn.say(program, "match.more", shown=len(shown), groups=len(groups)) if len(groups) > PAGE else ""
    options = (
        Option("approve", turn.say(program, "match.button.approve"), "primary"),
        Option("rerun", turn.say(program, "match.button.rerun")),
    )
    return [text, Markdown("\n".join(shown)), more, Choices(f"match:{proposal.id}", options)]


def proof_line(turn: Turn, program: Program, proposal: Proposal, locked: bool = False) -> Markdown:
    """What is proved of a proposal; empty for one that was made before there were proofs."""
    kit = turn.kit(program)
    proof = proof_from(proposal.proof, kit.wishes)
    if proof is None:
        return Markdown()
    gap = proof.gap
    return turn.say(
        program,
        "match.proof",
        refused=proof.refused,
        proved=proof.proved,
        locked=locked,
        short=short_of(gap) if gap is not None and gap.best is not None else "",
        wish=tier_label(kit, gap.wish) if gap is not None else "",
        before=gap is not None and gap.wish is not None,
    )


def change_words(turn: Turn, program: Program, change: Change) -> Markdown:
    """What tiers gain or lose, in words: "1 wish fewer and 2 hours in common more"."""
    kit = turn.kit(program)
    parts: list[dict[str, Any]] = [
        {"kind": _kind(turn, program, wish), "amount": tier_total(wish, abs(more)), "more": more > 0}
        for wish, more in zip((None, *kit.wishes), change, strict=True)
        if more
    ]
    return turn.say(program, "match.change", parts=parts)


def _kind(turn: Turn, program: Program, wish: Wish | None) -> str:
    if wish is None:
        return "placed"
    country = turn.kit(program).question(wish.question).kind is QuestionKind.COUNTRY
    return "country" if wish.rule is Rule.DIFFERENT and country else str(wish.rule)


def compared(turn: Turn, program: Program, before: Proposal, after: Proposal) -> Markdown:
    """What a proposal gains or loses against an earlier one; empty where that is not known."""
    wishes = turn.kit(program).wishes
    proofs = [proof_from(proposal.proof, wishes) for proposal in (before, after)]
    old, new = ([step.reached for step in proof.steps] if proof else [] for proof in proofs)
    if not old or not new:
        return Markdown()
    change = change_words(turn, program, less_by(new, old))
    return turn.say(program, "match.compared", number=before.number, change=change)


async def lines(turn: Turn, program: Program, groups: Sequence[ProposedGroup]) -> list[str]:
    """A line for each of these groups: who, and why."""
    people = [person for group in groups for person in group.people]
    names = await names_of(turn, people)
    countries = await _countries(turn, program, groups, people)
    return [
        turn.say(
            program,
            "match.line",
            number=group.number,
            people=[{"name": names.get(str(p), "?"), "country": countries.get(p, "")} for p in group.people],
            locked=group.locked,
            reasons=[Markdown(sentence) for sentence in group.score.get("sentences", ())],
            **_figures(group.score),
        )
        for group in groups
    ]


def _figures(score: Mapping[str, object]) -> dict[str, object]:
    minutes = score.get("overlap_minutes", 0)
    return {
        "different": score.get("country_different", False),
        "wishes": score.get("type_wishes", 0),
        "wishes_met": score.get("type_wishes_met", 0),
        "similarity": score.get("interest_similarity", 0.0),
        "hours": round(minutes / 60, 1) if isinstance(minutes, int) else 0,
    }


async def _countries(
    turn: Turn, program: Program, groups: Sequence[ProposedGroup], people: Sequence[int]
) -> dict[int, str]:
    question = turn.kit(program).question_of_kind(QuestionKind.COUNTRY)
    if question is None or not groups:
        return {}
    proposal = await turn.get(Proposal, groups[0].proposal_id)
    rows = await turn.session.exec(
        select(Application).where(Application.round_id == proposal.round_id, col(Application.person_id).in_(people))
    )
    return {a.person_id: country_name(str(a.answers.get(question.name, "unknown"))) for a in rows}
