"""Contradictions are refused in a sentence; hours, figures, reasons and the table say what is the case."""

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from bot.program.matching import (
    Candidate,
    Group,
    PairingError,
    PairScore,
    Problem,
    Wait,
    Waiting,
    Why,
    pairs_csv,
    problem_of,
    reasons,
    score_group,
    sentence,
    solve,
    waiting_sentence,
)
from bot.program.matching.hours import overlap_minutes
from topics.model import Checkins, Choice, Kit, Pool, Question, QuestionKind, Rhythm, RoundPlan, Rule, Wish

ON = date(2026, 9, 7)
DAY = (time(9), time(17))
WISHES = (
    Wish("country", Rule.DIFFERENT, "country"),
    Wish("type", Rule.WISHED, "wanted", of="type", same="same", anything="any"),
    Wish("interests", Rule.SIMILAR, "interests", asked_by="similar"),
    Wish("hours", Rule.OVERLAP, "zone"),
)
TYPES = (Choice("public", "Public library"), Choice("health", "Health library"))
INTERESTS = (Choice("metadata", "metadata"), Choice("open-access", "open access"), Choice("copyright", "copyright"))


def kit_of(wishes: tuple[Wish, ...] = WISHES) -> Kit:
    questions = (
        Question("country", QuestionKind.COUNTRY, "Where do you live?"),
        Question("zone", QuestionKind.ZONE, "What is your time zone?"),
        Question("type", QuestionKind.CHOICE, "Where do you work?", short="Library type", options=TYPES),
        Question("wanted", QuestionKind.CHOICE, "And your partner?", options=(*TYPES, Choice("same", "Same as mine"))),
        Question("interests", QuestionKind.MANY, "What do you care about?", options=INTERESTS),
        Question("similar", QuestionKind.YES_NO, "Similar interests?"),
        Question("former", QuestionKind.PEOPLE, "Former partners?"),
    )
    return Kit(
        slug="test",
        name="Test",
        tagline="",
        contact="",
        plan=RoundPlan(),
        rhythm=Rhythm(),
        checkins=Checkins(),
        pool=Pool(),
        questions=questions,
        wishes=wishes,
        topics=(),
        surveys=(),
        texts={},
        welcome="",
        guidance="",
        conduct="",
    )


def person(key: str, **answers: str | tuple[str, ...]) -> Candidate:
    return Candidate(f"{key}@example.org", answers)


A, B, C, D = (
    person(
        "a", country="de", zone="Europe/Berlin", type="health", wanted="public", interests=("metadata", "open-access")
    ),
    person(
        "b",
        country="ng",
        zone="Africa/Lagos",
        type="public",
        wanted="same",
        interests=("metadata", "open-access", "copyright"),
        similar="yes",
    ),
    person("c", country="de", zone="Europe/Berlin", type="health", wanted="any"),
    person("d", country="", former=("A@Example.org ",)),
)
NAMES = {"a@example.org": "Ada", "b@example.org": "Amina", "c@example.org": "Chidi"}
REFUSED: tuple[tuple[Callable[[], object], str], ...] = (
    (
        lambda: problem_of(kit_of(), (A, B), on=ON, locked=[("a@example.org", "x@example.org")]),
        "The lock of a@example.org and x@example.org names x@example.org, who is not among the people to pair.",
    ),
    (
        lambda: problem_of(
            kit_of(), (A, B, C), on=ON, locked=[("a@example.org", "b@example.org"), ("c@example.org", "b@example.org")]
        ),
        "b@example.org is locked twice: a person can be in one locked group only.",
    ),
    (
        lambda: problem_of(kit_of(), (A, B), on=ON, locked=[("a@example.org", "A@EXAMPLE.ORG")]),
        "a@example.org is locked twice: a person can be in one locked group only.",
    ),
    (
        lambda: problem_of(kit_of(), (A, D), on=ON, locked=[("a@example.org", "d@example.org")]),
        "a@example.org and d@example.org cannot be locked together, by the rule “never a former or blocked partner”.",
    ),
    (
        lambda: problem_of(kit_of(), (A, B), on=ON, locked=[("a@example.org",)]),
        "A locked group has two or three people, not 1 (a@example.org).",
    ),
    (
        lambda: problem_of(kit_of(), (A, A), on=ON),
        "a@example.org is there twice: keep one application of each person.",
    ),
    (lambda: Problem((person("x"), Candidate("")), (), ON), "Somebody has no id: give each person an e-mail address."),
    (
        lambda: problem_of(kit_of((Wish("age", Rule.DIFFERENT, "age"),)), (A, B), on=ON),
        "The wish “age” asks about the question “age”, which the kit does not have. "
        "It has: country, zone, type, wanted, interests, similar, former.",
    ),
    (
        lambda: problem_of(kit_of(), (A, B), on=ON, odd="quartet"),
        "The odd one out can make a “trio” or go to the “waitlist”, not “quartet”.",
    ),
    (
        lambda: Problem((A, B), (Wish("type", Rule.WISHED, "wanted"),), ON),
        "The wish “type” needs “of”: the question that tells what a partner is.",
    ),
    (
        lambda: Problem((A, B), (WISHES[0], WISHES[0]), ON),
        "The wish “country” is there twice: name each wish once.",
    ),
)


@pytest.mark.parametrize(("build", "told"), REFUSED)
def test_a_contradiction_is_told_in_a_sentence(build: Callable[[], object], told: str) -> None:
    with pytest.raises(PairingError) as caught:
        build()
    assert str(caught.value) == told


def test_whoever_is_named_is_kept_apart_in_both_directions() -> None:
    problem = problem_of(kit_of(), (A, B, C, D), on=ON)
    assert problem.forbidden == {frozenset(("a@example.org", "d@example.org"))}
    assert not problem.allowed("a@example.org", "d@example.org")
    assert not problem.allowed("d@example.org", "a@example.org")


def test_people_with_other_ids_are_found_by_their_address() -> None:
    people = (Candidate("17"), Candidate("18", {"former": ("old@example.org",)}))
    problem = problem_of(kit_of(), people, on=ON, ids_by_email={"Old@example.org": "17"})
    assert problem.forbidden == {frozenset(("17", "18"))}


@pytest.mark.parametrize(
    ("one", "other", "on"),
    [
        ("Europe/Berlin", "Africa/Lagos", ON),
        ("America/Los_Angeles", "Pacific/Auckland", ON),
        ("Asia/Kathmandu", "Australia/Adelaide", ON),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", ON),
        ("Europe/London", "America/New_York", date(2026, 3, 9)),
        ("Asia/Tehran", "Africa/Casablanca", date(2026, 3, 22)),
        ("Europe/London", "Europe/Kyiv", date(2026, 3, 29)),
        ("Europe/London", "", ON),
    ],
)
def test_overlap_is_what_a_count_minute_by_minute_gives(one: str, other: str, on: date) -> None:
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)

    def works(zone: str, minute: int) -> bool:
        local = (midnight + timedelta(minutes=minute)).astimezone(ZoneInfo(zone)) if zone else None
        return local is not None and DAY[0] <= local.time() < DAY[1]

    counted = sum(works(one, minute) and works(other, minute) for minute in range(24 * 60))
    assert overlap_minutes(one, other, on, DAY) == overlap_minutes(other, one, on, DAY) == counted


def test_a_zone_that_does_not_exist_has_no_working_hours() -> None:
    assert overlap_minutes("Mars/Olympus", "Europe/Berlin", ON, DAY) == 0
    assert overlap_minutes("../etc", "Europe/Berlin", ON, DAY) == 0


def test_figures_of_a_pair_and_of_a_trio() -> None:
    problem = problem_of(kit_of(), (A, B, C, D), on=ON)
    assert score_group(problem, ("a@example.org", "b@example.org")) == PairScore(True, 2, 1, 1, 0.6667, 420)
    trio = score_group(problem, ("a@example.org", "b@example.org", "c@example.org"))
    assert trio == PairScore(False, 4, 1, 2, 0.6667, 420 + 420 + 480)


def test_two_unknown_countries_are_the_same_country() -> None:
    people = (person("x", country="unknown"), person("y"), person("z", country="de"))
    problem = Problem(people, WISHES[:1], ON)
    assert not score_group(problem, ("x@example.org", "y@example.org")).country_different
    assert score_group(problem, ("x@example.org", "z@example.org")).country_different


def test_partners_read_why_they_meet() -> None:
    kit = kit_of()
    problem = problem_of(kit, (A, B, C), on=ON)
    group = Group(("a@example.org", "b@example.org"))
    told = [sentence(kit, reason, "a@example.org", NAMES) for reason in reasons(problem, group)]
    assert told == [
        "You and Amina live in different countries.",
        "You asked for a partner with “Public library”: that is Amina.",
        "Amina had asked for a partner with “Public library”. You bring another view.",
        "You both care about metadata and open access.",
        "On a working day you and Amina share 7 hours.",
    ]


def test_a_relaxed_wish_says_why() -> None:
    kit = kit_of()
    problem = problem_of(kit, (A, B, C), on=ON)
    relaxed = [reason for reason in reasons(problem, Group(("a@example.org", "c@example.org"))) if not reason.met]
    assert [(reason.wish, reason.why) for reason in relaxed] == [("country", Why.OTHERS), ("type", Why.OTHERS)]
    alone = reasons(problem, Group(("b@example.org", "a@example.org")))[1]
    assert (alone.asker, alone.why) == ("b@example.org", Why.NOBODY)
    assert sentence(kit, alone, "b@example.org", NAMES) == (
        "You asked for a partner with “Public library”. We are sorry that we could not do that this time. "
        "Nobody in this round could have met this wish."
    )
    by_hand = reasons(problem, Group(("a@example.org", "c@example.org"), locked=True))[0]
    assert sentence(kit, by_hand, "c@example.org", NAMES) == (
        "You and Ada live in the same country. The coordinators put you together by hand."
    )


def test_a_waiting_person_has_a_reason_in_words() -> None:
    for reason in Wait:
        assert waiting_sentence(Waiting("a@example.org", reason)).endswith(".")


def test_the_table_has_a_line_for_each_group() -> None:
    problem = problem_of(kit_of(), (A, B, C), on=ON, locked=[("b@example.org", "a@example.org")])
    text = pairs_csv(problem, solve(problem))
    heading, *lines = csv.reader(StringIO(text))
    assert ",".join(heading) == (
        "email_1,email_2,email_3,country_different,type_wishes,type_wishes_met,"
        "interest_wishes,interest_similarity,overlap_minutes,locked"
    )
    assert [sorted(line[:2]) + line[2:] for line in lines] == [
        ["a@example.org", "b@example.org", "", "true", "2", "1", "1", "0.6667", "420", "true"]
    ]


def test_a_formula_for_an_address_is_harmless_in_a_spreadsheet() -> None:
    problem = Problem((Candidate("=cmd|x"), Candidate("y@example.org")), WISHES, ON)
    assert "'=cmd|x" in pairs_csv(problem, solve(problem))


def test_answers_of_any_length_do_no_harm() -> None:
    long = tuple(f"interest {number} " + "x" * 10_000 for number in range(200))
    people = (person("x", interests=long, similar="yes"), person("y", interests=long[100:], similar="yes"))
    problem = Problem(people, WISHES, ON)
    assert score_group(problem, [one.id for one in people]).interest_similarity == 1.0
    assert solve(problem).totals == (2, 0, 0, 27_720, 0)
