"""The anonymised data set for researchers, and the dictionary that says what each column means. Pure.

One row is one applicant in one round. No names, addresses, texts, dates or numbers of people and pairs; rows are in no
order that means anything. Of every round, place and type there are at least five people, or none.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from bot.evaluation import bands
from bot.evaluation.disclosure import LEAST, shown
from bot.evaluation.grouping import OTHER, Group, coarsened
from bot.evaluation.history import Given, MemberFacts, PairFacts, PersonFacts, RoundHistory
from bot.evaluation.observed import CLOSING, PARTNER, PROGRAM
from bot.world.countries import country_name
from bot.world.regions import ELSEWHERE, REGIONS, region_of
from topics.model import Kit, QuestionKind, Rule, Wish

NOT_TOLD = "not told"
STAGES = ("applied", "eligible", "accepted", "placed", "live", "completed")
SCALE = tuple("12345")


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of a round, with their last partnership if there was one."""

    person: PersonFacts
    pair: PairFacts | None
    member: MemberFacts | None
    partners: int
    closing: dict[str, Given]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it means, its unit, the values that can be there, and what nothing there means."""

    name: str
    meaning: str
    unit: str
    values: tuple[str, ...]
    missing: str
    of: Callable[[Seat], str]


@dataclass(frozen=True, slots=True)
class DataSet:
    """The rows below the names of their columns. `columns` leaves out round, place and type, which come first.

    `alike` is in how many of `groups` all whose satisfaction with the partner is known gave the same answer.
    """

    rounds: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: int
    alike: int

    @property
    def heading(self) -> tuple[str, ...]:
        """The names of all columns."""
        return ("round", "place", "type", *(column.name for column in self.columns))


def data_set(histories: Sequence[RoundHistory], kit: Kit, random: Random) -> DataSet | None:
    """The data set of these rounds; None where no round has five people.

    Rounds of fewer than five people are left out. `random` must not be seeded with anything that is kept.
    """
    columns = tuple(_columns(kit))
    rows: list[tuple[str, ...]] = []
    rounds: list[str] = []
    for number, history in enumerate(histories, start=1):
        seats = list(_seats(history))
        if not shown(len(seats)):
            continue
        rounds.append(str(number))
        own = [_group(seat.person, kit) for seat in seats]
        for seat, group in zip(seats, coarsened(own, region_of, random), strict=True):
            place = country_name(group.place) if group.place in REGIONS else group.place
            rows.append((str(number), place, group.type, *(column.of(seat) for column in columns)))
    random.shuffle(rows)
    if not rows:
        return None
    answered = 3 + [column.name for column in columns].index("satisfaction_partner")
    by_group: dict[tuple[str, ...], set[str]] = {}
    for row in rows:
        by_group.setdefault(row[:3], set()).update({row[answered]} - {""})
    alike = sum(1 for answers in by_group.values() if len(answers) == 1)
    return DataSet(tuple(rounds), columns, tuple(rows), len(by_group), alike)


def type_question(kit: Kit) -> str:
    """The question whose answer is somebody's type: that of the variants, or the one that partners are wished by."""
    wished = next((wish.of for wish in kit.wishes if wish.rule is Rule.WISHED and wish.of), "")
    return kit.variant_by or wished


def _group(person: PersonFacts, kit: Kit) -> Group:
    """Only words of ours and the kit's: whatever else an answer holds is not told."""
    question = type_question(kit)
    known = {option.value for option in kit.question(question).options} if question else set[str]()
    given = person.answers.get(question, "")
    own = given if isinstance(given, str) and given in known else NOT_TOLD
    return Group(person.country if person.country in REGIONS else ELSEWHERE, own)


def _seats(history: RoundHistory) -> Iterator[Seat]:
    """Everybody of a round once, with their last partnership."""
    found: dict[int, tuple[PairFacts, MemberFacts, int]] = {}
    introduced = [pair for pair in history.pairs if pair.announced_at is not None]
    for pair in sorted(introduced, key=lambda pair: (pair.announced_at is None, pair.announced_at)):
        for member in pair.members:
            before = found[member.person][2] if member.person in found else 0
            found[member.person] = pair, member, before + 1
    closing = [survey.name for survey in history.surveys if survey.when == CLOSING]
    for person in {person.key: person for person in history.people}.values():
        pair, member, partners = found.get(person.key, (None, None, 0))
        answers = {name: given for survey in closing for name, given in person.surveys.get(survey, {}).items()}
        yield Seat(person, pair, member, partners, answers)


def _columns(kit: Kit) -> Iterator[Column]:
    """Everything that is told of somebody besides round, place and type."""
    no_partner = "had no partner"
    yield Column("stage", "how far they came in the round", "", STAGES, "", _stage)
    yield Column("partnerships", "how many partnerships they had in the round", "", bands.FEW.names, "", _partnerships)
    for wish in kit.wishes:
        what = f"in their last partnership: whether the wish “{wish.name}” of those in it was met"
        nobody = f"{no_partner}, or nobody in the pair had the wish"
        yield Column(f"wish_{wish.name}", what, "", tuple(bands.MET), nobody, _met(wish))
    for name, meaning, unit, known, missing, of in _OF_PAIRS:
        text = f"in their last partnership: {meaning}"
        yield Column(name, text, unit, known.names, f"{no_partner}{missing}", _banded(known, of))
    paces = tuple(pace.value for pace in kit.checkins.paces)
    pace = "in their last partnership: the rhythm of contact that they agreed on"
    yield Column("pace", pace, "", paces, no_partner, lambda seat: _one_of(seat.pair.pace if seat.pair else "", paces))
    for name, question in (("satisfaction_partner", PARTNER), ("satisfaction_program", PROGRAM)):
        what = f"satisfaction with the {question} when the round closed (5 is most)"
        yield Column(name, what, "points", SCALE, "did not answer", _scale(question))
    yield from _last_words(kit)


def _last_words(kit: Kit) -> Iterator[Column]:
    asked = {q.name: q.kind for survey in kit.surveys if survey.when == CLOSING for q in survey.questions}
    if asked.get("recommend") is QuestionKind.NUMBER:
        what = "how likely they are to recommend the program, from 0 to 10"
        yield Column("recommend", what, "", bands.RECOMMEND.names, "did not answer", _recommend)
    if asked.get("again") is QuestionKind.YES_NO:
        what = "whether they would take part again"
        yield Column("again", what, "", ("yes", "no"), "did not answer", _again)


def _stage(seat: Seat) -> str:
    person = seat.person
    if person.completed:
        return "completed"
    if person.live:
        return "live"
    if person.placed:
        return "placed"
    if person.accepted or person.status == "accepted":
        return "accepted"
    return "eligible" if person.eligible else "applied"


def _partnerships(seat: Seat) -> str:
    return bands.FEW.of(seat.partners)


def _met(wish: Wish) -> Callable[[Seat], str]:
    return lambda seat: bands.met(seat.pair.wishes.get(wish.name)) if seat.pair else ""


def _banded(known: bands.Bands, of: Callable[[PairFacts, MemberFacts], float | None]) -> Callable[[Seat], str]:
    return lambda seat: known.of(of(seat.pair, seat.member)) if seat.pair and seat.member else ""


def _scale(question: str) -> Callable[[Seat], str]:
    return lambda seat: _one_of(seat.closing.get(question, ""), SCALE)


def _recommend(seat: Seat) -> str:
    given = seat.closing.get("recommend", "")
    return bands.RECOMMEND.of(int(given)) if given in {str(number) for number in range(11)} else ""


def _again(seat: Seat) -> str:
    return _one_of(seat.closing.get("again", ""), ("yes", "no"))


def _one_of(given: Given, known: Sequence[str]) -> str:
    return given if isinstance(given, str) and given in known else ""


def _a_week(pair: PairFacts, member: MemberFacts) -> float | None:
    return None if pair.elsewhere or not member.known else member.messages / max(1, len(member.weekly))


def _active(pair: PairFacts, member: MemberFacts) -> float | None:
    return None if pair.elsewhere or not member.known else member.active_weeks / max(1, len(member.weekly))


def _reply(_: PairFacts, member: MemberFacts) -> float | None:
    return median(member.reply_hours) if member.known and member.reply_hours else None


_OF_PAIRS: tuple[tuple[str, str, str, bands.Bands, str, Callable[[PairFacts, MemberFacts], float | None]], ...] = (
    ("clocks_apart", "distance of their clocks", "hours", bands.HOURS_APART, ", or unknown", lambda p, _: p.zone_hours),
    (
        "similarity",
        "share of all their interests in common",
        "",
        bands.SIMILARITY,
        ", or unknown",
        lambda p, _: p.similarity,
    ),
    ("weeks", "how long it lasted", "weeks", bands.WEEKS, "", lambda p, _: p.weeks),
    ("messages", "messages that this person wrote", "a week", bands.A_WEEK, ", or they talk elsewhere", _a_week),
    ("active_weeks", "share of weeks in which this person wrote", "", bands.SHARE, ", or they talk elsewhere", _active),
    (
        "first_message",
        "time to this person's first message",
        "",
        bands.WAIT,
        ", or wrote none",
        lambda _, m: m.first_word_hours,
    ),
    ("reply", "median time to this person's answers", "", bands.REPLY, ", or nothing to answer", _reply),
    ("asked", "how often this person was asked in private how it goes", "times", bands.FEW, "", lambda _, m: m.asks),
    ("topics", "topics that the pair said it talked about", "topics", bands.TOPICS, "", lambda p, _: len(p.talked)),
)


def dictionary(found: DataSet, kit: Kit) -> list[tuple[str, str, str, str, str]]:
    """A row for each column: name, meaning, unit, values, what nothing there means. A band holds its lower end."""
    types = tuple(option.value for option in kit.question(type_question(kit)).options) if type_question(kit) else ()
    place = f"a country, a part of the world (UN M49) for all its countries not told apart, or {ELSEWHERE}"
    kind = f"{OTHER}: another type, or not told so that groups have {LEAST} people"
    return [
        (
            "round",
            "the round, counted from 1; those of fewer than five people are left out",
            "",
            " | ".join(found.rounds),
            "",
        ),
        ("place", "where they live", "", place, ""),
        (
            "type",
            "what they are, by their application",
            "",
            " | ".join(dict.fromkeys((*types, OTHER, NOT_TOLD))) + f" ({kind})",
            "",
        ),
        *((c.name, c.meaning, c.unit, " | ".join(c.values), c.missing) for c in found.columns),
    ]
