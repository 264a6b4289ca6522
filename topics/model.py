"""A kit as the program sees it: frozen data, read from files by `topics.kit` and checked there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from topics.outside import ImportColumns, Site
from topics.recognition import Certificates


class QuestionKind(StrEnum):
    """What a question expects as its answer, and how an answer is stored (always a string or a list of strings)."""

    TEXT = "text"
    """Free text of at most `maximum` characters."""
    NUMBER = "number"
    """A whole number from `minimum` to `maximum`."""
    CHOICE = "choice"
    """One option: its value."""
    MANY = "many"
    """Several options, from `minimum` to `maximum` of them: a list of values."""
    YES_NO = "yes_no"
    """`yes` or `no`."""
    COUNTRY = "country"
    """An ISO 3166-1 alpha-2 code, or `unknown` when the person's country is not in the list."""
    ZONE = "zone"
    """An IANA time zone; offered from the answer to the country question."""
    DATE = "date"
    """A date as YYYY-MM-DD."""
    PEOPLE = "people"
    """E-mail addresses of people: a list, none where there are none."""
    PICTURE = "picture"
    """A picture that the person sends: the key of its file. Never required."""
    SCALE = "scale"
    """A whole number from 1 to 5. In surveys only."""
    MATRIX = "matrix"
    """Several scales of the same ends, asked one after the other; each row is stored as an answer of its own, under
    `QUESTION.ROW`. In surveys only."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question: the stored `value` and the `label` that people see."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the application or of a survey.

    `column` is the heading of the question in a form export, for import. `must` holds the answers that keep a person
    eligible (empty: any answer does), `otherwise` the reason told to somebody with another one. `only_if` names an
    earlier question and the answers under which this one is asked at all. `lowest` and `highest` say what 1 and 5 of a
    scale mean; `rows` are what a matrix asks about.
    """

    name: str
    kind: QuestionKind
    prompt: str
    help: str = ""
    short: str = ""
    options: tuple[Choice, ...] = ()
    required: bool = True
    minimum: int | None = None
    maximum: int | None = None
    column: str = ""
    must: tuple[str, ...] = ()
    otherwise: str = ""
    only_if: tuple[str, tuple[str, ...]] | None = None
    shared: bool = False
    """Whether the partner sees the answer on the introduction card."""
    lowest: str = ""
    highest: str = ""
    rows: tuple[Choice, ...] = ()


class Rule(StrEnum):
    """How a wish compares two people."""

    DIFFERENT = "different"
    """The answers to `question` differ."""
    WISHED = "wished"
    """`question` names the partner's wanted answer to `of`; `same` means "as mine", `anything` means no wish."""
    SIMILAR = "similar"
    """Jaccard index of the lists answered to `question`, for each of the two whose answer to `asked_by` is yes."""
    OVERLAP = "overlap"
    """Minutes that both are within `hours` by the zone answered to `question`, on the round's first Monday."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One tier of the pairing, in the kit's order; an earlier one is never traded for any amount of a later one."""

    name: str
    rule: Rule
    question: str
    of: str = ""
    same: str = ""
    anything: str = ""
    asked_by: str = ""
    hours: tuple[time, time] = (time(9), time(17))


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """The dates and sizes a round starts with, unless the coordinator says otherwise.

    `starts` is a month and a day (`09-01`). Both ends of the application window are inclusive, in UTC days.
    """

    starts: str = "09-01"
    weeks: int = 17
    applications_open_days_before: int = 62
    applications_close_days_before: int = 31
    capacity: int = 0
    """Places; 0 means no limit."""
    country_cap: float = 0.0
    """The largest share of one country among those accepted, 0 to 1; 0 means no limit."""
    odd: str = "trio"
    """What happens to the odd one out: `trio` or `waitlist`."""
    closing_reminder_days: int = 3
    """Days before applications close on which those in the middle of one are reminded."""
    forecast_weekday: int | None = None
    """The weekday (0 is Monday) on which coordinators get the forecast while applications are open; None for never."""
    cases_weekday: int | None = None
    """The weekday on which cases that can wait come together; None where each comes at once."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When topics come."""

    every_days: int = 14
    weekday: int = 0
    """0 is Monday."""
    first_after_days: int = 5
    """The second topic comes on the first `weekday` at least this many days after the start."""
    last_before_end_days: int = 7
    """The last topic (reflection) comes on the last `weekday` at least this many days before the end."""
    hour: time = time(10)
    """The local time aimed at."""
    daytime: tuple[tuple[time, time], ...] = (
        (time(9), time(17)),
        (time(8), time(20)),
        (time(7), time(22)),
    )
    """Windows of local time in which people may be written to, the best first, each within the next."""
    meeting_minutes: int = 60
    """How long partners' meetings take, for which times are suggested."""


@dataclass(frozen=True, slots=True)
class Pace:
    """An agreed rhythm of contact: how often partners mean to be in touch, and the silence that calls for a word."""

    value: str
    label: str
    quiet_days: int


@dataclass(frozen=True, slots=True)
class Checkins:
    """When the program asks how a partnership does."""

    arrival_ask_hours: int = 48
    arrival_case_hours: int = 72
    answer_days: int = 4
    """Days given to answer a private ask before the next step."""
    offer_days: int = 0
    """Days from a case about silence until whoever waits is offered another partner."""
    settle_days: int = 7
    """Days given to answer that offer before the program does what it suggests by itself."""
    own_changes: int = 1
    """How often in a round somebody may take another partner without a coordinator."""
    elsewhere_days: int = 30
    """How often a pair that talks elsewhere is asked lightly."""
    paces: tuple[Pace, ...] = (
        Pace("weekly", "Every week", 10),
        Pace("fortnightly", "Every two weeks", 17),
        Pace("monthly", "Once a month", 35),
    )
    default_pace: str = "fortnightly"


@dataclass(frozen=True, slots=True)
class Pool:
    """How those who wait for a partner while a round runs get one."""

    must_meet: tuple[str, ...] = ()
    """Names of the wishes that two of them must meet in each other, until one has waited for `patience_days`."""
    patience_days: int = 3
    third_days: int = 7
    """Days that somebody waits until a pair is asked to take them in as a third; 0 for never."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One discussion topic. `variants` holds extra thoughts by an answer of the application (library type, say)."""

    number: int
    slug: str
    title: str
    why: str
    questions: tuple[str, ...]
    activity: str
    variants: Mapping[str, str] = field(default_factory=dict[str, str])
    reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey: when it goes out and what it asks.

    `when` is `arrival` (some days after the start), `middle`, `closing` or `exit` (to whoever leaves). `anonymous`:
    once somebody is done, nobody can tell any more which answers are theirs.
    """

    name: str
    title: str
    when: str
    intro: str
    thanks: str
    questions: tuple[Question, ...]
    anonymous: bool = False
    days_after_start: int = 10
    """Days after the start of the round on which an arrival survey goes out."""
    days_before_end: int = 0
    """Days before the end of the round on which it goes out (closing), or before its middle (middle)."""
    remind_after_days: int = 4
    """Days from each reminder, or from the survey, to the next; an exit survey has no reminder."""
    reminders: int = 1
    """How often those who have not answered are reminded, twice at most."""


@dataclass(frozen=True, slots=True)
class Kit:
    """All of a program's content.

    `texts` holds every sentence the program says as a Jinja template in the little Markdown of messages, by key: those
    of `topics/base`, replaced by the kit's own. `variant_by` names the question that selects a topic's variant.
    """

    slug: str
    name: str
    tagline: str
    contact: str
    plan: RoundPlan
    rhythm: Rhythm
    checkins: Checkins
    pool: Pool
    questions: tuple[Question, ...]
    wishes: tuple[Wish, ...]
    topics: tuple[Topic, ...]
    surveys: tuple[Survey, ...]
    texts: Mapping[str, str]
    welcome: str
    guidance: str
    conduct: str
    variant_by: str = ""
    join: str = ""
    """Where people join the community, as a link or in words; empty where the kit does not say."""
    columns: ImportColumns | None = None
    story: tuple[Question, ...] = ()
    """What those are asked who write a story; empty where one question does for all."""
    site: Site = field(default_factory=Site)
    certificates: Certificates = field(default_factory=Certificates)
    theme: str = ""
    """The CSS that the site adds to its own; empty for none."""

    def question(self, name: str) -> Question:
        """The application's question of that name. Raises KeyError where there is none."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)

    def question_of_kind(self, kind: QuestionKind) -> Question | None:
        """The application's first question of that kind, if there is one."""
        return next((q for q in self.questions if q.kind is kind), None)

    def survey(self, name: str) -> Survey:
        """The survey of that name. Raises KeyError where there is none."""
        for survey in self.surveys:
            if survey.name == name:
                return survey
        raise KeyError(name)
