"""The tiers of the pairing in words: what each is called, and its totals with their units."""

from bot.program.matching.tiers import UNIT
from topics.model import Kit, QuestionKind, Rule, Wish

PLACED = "People with a partner"
_UNITS = {
    Rule.DIFFERENT: ("pair", "pairs"),
    Rule.WISHED: ("wish", "wishes"),
    Rule.SIMILAR: ("point", "points"),
    Rule.OVERLAP: ("hour", "hours"),
}


def tier_label(kit: Kit, wish: Wish | None) -> str:
    """What a tier counts, as a heading; None is the first tier of all, the people placed."""
    if wish is None:
        return PLACED
    question = kit.question(wish.of or wish.question)
    short = lowered(question.short or question.name)
    match wish.rule:
        case Rule.DIFFERENT:
            return (
                "Pairs across countries" if question.kind is QuestionKind.COUNTRY else f"Pairs that differ in {short}"
            )
        case Rule.WISHED:
            return f"Wishes met: partner’s {short}"
        case Rule.SIMILAR:
            return f"Similarity of {short}"
        case Rule.OVERLAP:
            return "Working hours in common"


def tier_unit(wish: Wish | None, amount: str = "") -> str:
    """The unit of a tier's totals; for an `amount` of "1" in the singular."""
    one, many = _UNITS[wish.rule] if wish is not None else ("person", "people")
    return one if amount == "1" else many


def tier_amount(wish: Wish | None, total: int) -> float:
    """A total of the solver in the tier's unit: points of similarity, hours, else as it is."""
    if wish is not None and wish.rule is Rule.SIMILAR:
        return total / UNIT
    if wish is not None and wish.rule is Rule.OVERLAP:
        return total / 60
    return float(total)


def tier_total(wish: Wish | None, total: int) -> str:
    """A total in its unit as people write it: `1,407`, `557.52`, `2,080.5`."""
    amount = tier_amount(wish, total)
    if wish is not None and wish.rule is Rule.SIMILAR:
        return f"{amount:,.2f}"
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.1f}"


def lowered(text: str) -> str:
    """A label within a sentence: `Type of library` becomes `type of library`, `AI skills` stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
