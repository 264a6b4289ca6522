"""What is proved of a pairing, and who waits, in words that need no mathematics."""

from bot.program.matching import Problem, Waiting, waiting_sentence
from bot.program.proof import Proof, Step
from bot.program.tierwords import tier_label, tier_total, tier_unit
from topics.model import Kit


def verdict(kit: Kit, proof: Proof, locked: bool = False) -> str:
    """What is known of the pairing as a whole, in one or two sentences; `locked` if there are locked groups."""
    if proof.refused:
        return f"The proof of this pairing was checked and does not hold: {proof.refused}. Please report this."
    gap = proof.gap
    if gap is None:
        given = " with these locked pairs" if locked else ""
        return f"Proved: nobody can do better{given}. A check that is separate from the search looked at every pair."
    place = proof.steps.index(gap) + 1
    before = "" if place == 1 else f" Everything above step {place} is proved to be the best possible."
    if gap.best is None:
        return f"Not proved: this is a good pairing, and a better one may exist from step {place} on.{before}"
    return (
        f"Within {short_of(gap)} of the best possible in step {place} ({tier_label(kit, gap.wish)})."
        f"{before} More time may close the gap."
    )


def step_words(step: Step) -> str:
    """What is known of one tier."""
    if step.proved:
        return "the best possible"
    if step.best is None:
        return "not proved"
    return f"at most {short_of(step)} more could be possible"


def waiting_words(problem: Problem, waiting: Waiting) -> str:
    """Why somebody waits."""
    return waiting_sentence(waiting)


def short_of(step: Step) -> str:
    """How much more could be possible in a tier, at most."""
    missing = (step.best or 0) - step.reached
    part = f" ({100 * missing / step.reached:.2g} %)" if step.reached else ""
    amount = tier_total(step.wish, missing)
    return f"{amount} {tier_unit(step.wish, amount)}{part}"
