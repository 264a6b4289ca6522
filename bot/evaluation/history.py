"""The history of a round as an evaluation sees it: frozen facts without names, texts or addresses.

`bot.program.histories` makes these from rows; pictures, analysis, exports and the site are made from these alone, so
that all of them tell the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

Given = str | tuple[str, ...]
"""An answer to a question of a form or a survey, as it is stored: a value, or several."""


@dataclass(frozen=True, slots=True)
class TopicDay:
    """A topic of a round and the day from which it went out; `slug` is what surveys call it."""

    number: int
    slug: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One applicant of a round. `key` tells people apart within one evaluation, and is in no export.

    `accepted`: had a place at some time, from the waiting list as well, also where they gave it back. `status` is the
    application's. `placed`: had a partner whom they were introduced to; `live`: all of one partnership wrote;
    `completed`: see `bot.program.completion`. `answers` are those of the application by question (choices, lists,
    numbers, country and zone; no free text, no people). `surveys` has the answers that carry a name, by survey and
    question; free text is left out.
    """

    key: int
    country: str
    zone: str
    status: str
    eligible: bool
    placed: bool
    live: bool
    completed: bool
    answers: Mapping[str, Given] = field(default_factory=dict[str, Given])
    surveys: Mapping[str, Mapping[str, Given]] = field(default_factory=dict[str, Mapping[str, Given]])
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What one partner did in one partnership, from timestamps alone.

    `weekly` counts the messages of each week since the introduction, the first week first. `first_word_hours` is the
    time from the introduction to their first message; None where they never wrote. `reply_hours` are the times from
    the first message of another partner that waited for an answer until theirs. `asks` counts private asks; `helped`
    those after which they wrote within a week. `known` is False where nobody can tell when they wrote: they talk
    elsewhere, were forgotten, or wrote before it was kept; `weekly` is then no measure of how much they talk, and
    nothing may be shown as if it were.
    """

    person: int
    weekly: tuple[int, ...]
    first_word_hours: float | None
    reply_hours: tuple[float, ...]
    asks: int
    helped: int
    known: bool = True

    @property
    def messages(self) -> int:
        """All that they wrote there."""
        return sum(self.weekly)

    @property
    def active_weeks(self) -> int:
        """The weeks in which they wrote at all."""
        return sum(1 for count in self.weekly if count)


@dataclass(frozen=True, slots=True)
class PairFacts:
    """One partnership of two people or three.

    `wishes` has, by the name of a wish of the kit, the share of those in the pair who wished for it and got it, 0 to
    1; a wish that nobody of them had is left out. `similarity` is that of their interests, 0 to 1; None where it is not
    known. `zone_hours` is the distance of their clocks on the first day (the largest one of three), 0 to 12.
    `first_contact_hours` is the time from the introduction until all had written; None where not all did.
    `lasted`: it was live and went on to the end of the round. `weeks` is how many weeks it lasted. `talked` has the
    slugs of topics that they said they talked about.
    """

    key: int
    members: tuple[MemberFacts, ...]
    countries: tuple[str, ...]
    announced_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    live: bool
    lasted: bool
    weeks: int
    wishes: Mapping[str, float]
    similarity: float | None
    zone_hours: float | None
    pace: str
    elsewhere: bool
    first_contact_hours: float | None
    talked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Something that coordinators had to look at: what kind, how it ended, and how long it was open.

    `outcome` is the name of what was last done about it (`another`, `end`, `wait`, `done`, `message` …), `itself` where
    it settled itself, empty where it is open or nobody can tell any more.
    """

    kind: str
    state: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None
    asked: int
    """How often it was put before coordinators; 0 where the program settled it by itself."""


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """One survey of a round: to how many it went, and how far they came.

    `scales` has, for each question answered with a whole number, how many gave which: of everybody, named or not.
    `choices` the same for questions with options. `anonymous`: answers cannot be joined to people.
    """

    name: str
    title: str
    when: str
    anonymous: bool
    sent: int
    begun: int
    done: int
    scales: Mapping[str, Mapping[int, int]]
    choices: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many came how far. Each stage is a part of the one before."""

    applied: int
    eligible: int
    accepted: int
    placed: int
    live: int
    completed: int


@dataclass(frozen=True, slots=True)
class RoundHistory:
    """All that is known of one round. Times are UTC.

    `labels` has the words for values, by question, then value; `titles` the short names of questions. Those of the
    application go by their name, those of a survey by `SURVEY.QUESTION`, rows of a matrix by `SURVEY.QUESTION.ROW`.
    Within a survey's own facts and answers the name of the survey is left out.
    """

    program: str
    name: str
    number: int
    opens_at: datetime
    closes_at: datetime
    starts_on: date
    ends_on: date
    ended: bool
    people: tuple[PersonFacts, ...]
    pairs: tuple[PairFacts, ...]
    cases: tuple[CaseFacts, ...]
    surveys: tuple[SurveyFacts, ...]
    topics: tuple[TopicDay, ...]
    labels: Mapping[str, Mapping[str, str]]
    titles: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def funnel(self) -> Funnel:
        """The people of the round by how far they came."""
        return funnel_of(self.people)


def funnel_of(people: Sequence[PersonFacts]) -> Funnel:
    """How many of these people came how far."""
    return Funnel(
        applied=len(people),
        eligible=sum(1 for person in people if person.eligible),
        accepted=sum(1 for person in people if person.accepted or person.placed or person.status == "accepted"),
        placed=sum(1 for person in people if person.placed),
        live=sum(1 for person in people if person.live),
        completed=sum(1 for person in people if person.completed),
    )
