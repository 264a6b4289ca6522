"""Simulated people apply: when, in which words, and what they do when they are not understood."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.people import Profile, Temper, playground_profiles
from bot.flows.spec import Flow, Step, StepKind
from bot.language.events import Answered, Commanded, Said
from bot.language.messages import Option
from tests.adapters.people_stage import OPENS, Stage, at

USUAL = {
    "country": "Kenya",
    "zone": "Africa/Nairobi",
    "library_type": "public",
    "partner_type": "No preference",
    "interests": "metadata, open-access",
    "similar": "Yes",
    "internet": "Yes",
    "english": "Yes",
    "hour": "Yes",
    "former": "",
    "avoid": "p9@example.org",
}


MOMENT = at(7, 3, 14, 25)
END = at(7, 31)


def person(account: str = "p1", applies_at: datetime | None = MOMENT, **answers: str) -> Profile:
    mail, zone = f"{account}@example.org", "Africa/Nairobi"
    return Profile(account, "Somebody", mail, zone, answers=USUAL | answers, applies_at=applies_at)


def applied(*profiles: Profile, seed: int = 7, until: datetime = END) -> Stage:
    stage = Stage(profiles, seed=seed)
    stage.invite()
    stage.until(until)
    return stage


def test_answers_at_midnight_and_submits_at_the_exact_moment() -> None:
    stage = applied(person())
    moments = [event.at for event in stage.of("p1")]
    assert set(moments[:-1]) == {at(7, 3)}
    assert moments[-1] == stage.talk("p1").done_at == at(7, 3, 14, 25)
    assert isinstance(last := stage.of("p1")[-1], Answered)
    assert last.values == ("submit",)


def test_what_is_submitted_within_an_hour_is_handed_in_together_each_at_its_own_moment() -> None:
    minutes = {"p1": 25, "p2": 5, "p3": 0, "p4": 59, "p5": 60}
    stage = Stage([person(user, at(7, 3, 14) + timedelta(minutes=minute)) for user, minute in minutes.items()])
    stage.invite()
    stage.until(at(7, 3, 13))
    assert stage.platform.next_due() == at(7, 3, 14)
    stage.until(at(7, 3, 14))
    assert stage.platform.next_due() == at(7, 3, 15)
    stage.until(at(7, 3, 15))
    submitted = [(event.actor.user, event.at) for event in stage.events if event.at >= at(7, 3, 13)]
    assert submitted == [
        (user, at(7, 3, 14) + timedelta(minutes=minutes[user])) for user in ("p3", "p2", "p1", "p4", "p5")
    ]


def test_whatever_else_is_done_comes_after_what_was_submitted_before_it() -> None:
    again = replace(person("p2", at(7, 3, 14, 40)), again=True)
    stage = applied(person("p1", at(7, 3, 14, 20)), again, person("p3", at(7, 3, 14, 50)), until=at(7, 3, 14, 45))
    moments = [(event.actor.user, event.at) for event in stage.events if event.at > at(7, 3)]
    assert moments[0] == ("p1", at(7, 3, 14, 20))
    assert set(moments[1:]) == {("p2", at(7, 3, 14, 40))}
    stage.until(at(7, 3, 15))
    assert {user: stage.talk(user).done_at for user in ("p1", "p2", "p3")} == {
        "p1": at(7, 3, 14, 20),
        "p2": at(7, 3, 14, 40),
        "p3": at(7, 3, 14, 50),
    }


def test_for_whoever_looks_on_each_submits_at_the_very_moment() -> None:
    stage = Stage([person()], prompt=True)
    stage.invite()
    stage.until(at(7, 3, 14))
    assert stage.platform.next_due() == MOMENT


@pytest.mark.parametrize("seed", range(6))
def test_says_what_the_profile_says(seed: int) -> None:
    stage = applied(person(), seed=seed)
    answers = dict(stage.answers("p1") or {})
    answers.pop("about", None)
    assert answers == {
        "country": "KE",
        "zone": "Africa/Nairobi",
        "library_type": "public",
        "partner_type": "any",
        "interests": ("metadata", "open-access"),
        **dict.fromkeys(("similar", "internet", "english", "hour", "conduct"), "yes"),
        "avoid": ("p9@example.org",),
    }
    assert stage.talk("p1").rejected == []


@pytest.mark.parametrize(
    ("typed", "stored", "rejections"),
    [
        ("UK", "GB", 0),
        ("Holland", "NL", 0),
        ("Viet Nam", "VN", 0),
        ("Phillipinnes", "PH", 1),
        ("Atlantis", "unknown", 2),
        ("", "unknown", 2),
    ],
)
def test_countries_as_people_type_them(typed: str, stored: str, rejections: int) -> None:
    stage = applied(person(country=typed, zone=""))
    assert (stage.answers("p1") or {})["country"] == stored
    assert len([reason for reason in stage.talk("p1").rejected if reason.startswith("country")]) <= rejections


def test_takes_the_first_of_two_congos() -> None:
    answers = applied(person(country="Congo", zone="")).answers("p1") or {}
    assert answers["country"] in ("CD", "CG")
    assert str(answers["zone"]).startswith("Africa/")


def test_a_zone_that_is_not_offered_is_typed() -> None:
    assert (applied(person(zone="Europe/Lisbon")).answers("p1") or {})["zone"] == "Europe/Lisbon"


def test_a_blank_required_answer_is_got_over() -> None:
    answers = applied(person(library_type="", interests="", similar="")).answers("p1") or {}
    assert answers["similar"] == "no"
    assert answers["library_type"]
    assert answers["interests"]


def test_too_many_interests_become_fewer() -> None:
    many = "advocacy, archives-practice, assessment, cataloguing, copyright, digitisation, leadership, metadata"
    many += ", makerspaces, open-access, preservation, reference"
    interests = (applied(person(interests=many)).answers("p1") or {})["interests"]
    assert len(interests) == 10


def test_nonsense_is_got_over_in_a_few_tries() -> None:
    stage = applied(replace(person(), answers=dict.fromkeys(USUAL, "qqq www")))
    assert stage.answers("p1") is not None
    assert len(stage.talk("p1").rejected) < 20


OPTIONS = (Option("one", "Number one"), Option("two", "Two, and more"), Option("other", "Something else"))
KINDS = st.builds(
    Step,
    name=st.sampled_from(["country", "zone", "interests", "until", "consent", "what_else"]),
    kind=st.sampled_from(StepKind),
    prompt=st.just("?"),
    options=st.just(OPTIONS),
    required=st.booleans(),
    minimum=st.none() | st.integers(0, 2),
    maximum=st.none() | st.integers(2, 20),
)


WORDS = st.sampled_from(["", "yes", "two", "stop", "back", "help", "/mentoring x"])


@given(
    steps=st.lists(KINDS, min_size=1, max_size=5, unique_by=lambda step: step.name),
    typed=st.none() | st.text(max_size=30) | WORDS,
    seed=st.integers(0, 9),
)
def test_any_conversation_comes_to_an_end(steps: list[Step], typed: str | None, seed: int) -> None:
    answers = {} if typed is None else {step.name: typed for step in steps}
    profile = Profile("p1", "Somebody", answers=answers, applies_at=MOMENT)
    stage = Stage([profile], seed=seed, flow=Flow("any", "Any", tuple(steps)))
    stage.invite()
    stage.until(END)
    assert len(stage.events) <= 102
    assert stage.platform.next_due() is None


def test_who_sees_the_invitation_late_applies_at_once() -> None:
    stage = Stage([person(applies_at=at(7, 1, 0, 1))], start=at(7, 2, 9, 20))
    stage.invite()
    stage.until(at(7, 2, 12))
    assert stage.talk("p1").done_at == at(7, 2, 9, 20)


def test_who_has_said_apply_before_the_opening_takes_the_invitation_when_it_comes() -> None:
    stage = Stage([person(applies_at=OPENS - timedelta(days=1))], start=OPENS - timedelta(days=3))
    stage.until(OPENS + timedelta(hours=5))
    assert stage.talks == {}
    stage.invite()
    stage.until(at(7, 2))
    assert stage.talk("p1").done_at == OPENS + timedelta(hours=5)


def test_who_would_sit_down_before_the_opening_starts_at_the_very_moment() -> None:
    opens = OPENS + timedelta(hours=1)
    stage = Stage([person(applies_at=OPENS + timedelta(minutes=90))], opens=opens)
    stage.invite()
    stage.until(at(7, 2))
    assert {event.at for event in stage.of("p1")} == {OPENS + timedelta(minutes=90)}


def test_who_hears_of_no_invitation_says_apply() -> None:
    stage = Stage([person()])
    stage.until(at(7, 5))
    assert isinstance(first := stage.of("p1")[0], Said)
    assert (first.text, first.at) == ("apply", at(7, 3, 14, 25))
    assert stage.answers("p1")


def test_who_is_too_late_gives_up() -> None:
    stage = applied(person(applies_at=at(8, 2, 0, 5)), until=at(8, 20))
    assert [event.at for event in stage.of("p1")] == [at(8, 2)]
    assert stage.platform.next_due() is None


def test_who_does_not_apply_does_nothing() -> None:
    assert applied(person(applies_at=None)).events == []


def test_a_second_invitation_changes_nothing() -> None:
    stage = Stage([person()])
    stage.invite()
    stage.invite()
    stage.until(at(7, 10))
    stage.invite()
    stage.until(at(7, 20))
    assert len(stage.talks) == 1


def test_order_of_submissions_is_that_of_the_moments() -> None:
    people = [person(f"p{n}", at(7, 4, 10) - timedelta(seconds=n)) for n in range(10)]
    stage = applied(*people)
    done = [event.actor.user for event in stage.events if isinstance(event, Answered) and event.values == ("submit",)]
    assert done == [f"p{n}" for n in reversed(range(10))]


def test_one_persons_chance_does_not_depend_on_others() -> None:
    alone = applied(person())
    together = applied(person("a0"), person(), person("z9"))
    assert _doings(alone, "p1") == _doings(together, "p1")


def test_the_playground_applies_by_itself() -> None:
    profiles = playground_profiles(3, OPENS)
    stage = Stage(profiles, prompt=True)
    stage.invite()
    stage.until(OPENS + timedelta(days=5))
    answers = {profile.account: stage.answers(profile.account) for profile in profiles}
    assert len(profiles) == len({profile.name for profile in profiles}) == 20
    assert all(answers.values())
    countries = [str((each or {})["country"]) for each in answers.values()]
    assert max(countries.count(each) for each in countries) == 5
    assert len(set(countries)) >= 14
    assert sum((each or {})["hour"] == "no" for each in answers.values()) == 1
    assert {Temper.NEVER_ARRIVES, Temper.SILENT_WEEK_6, Temper.AWAY_FORTNIGHT, Temper.ELSEWHERE} <= {
        profile.temper for profile in profiles
    }
    assert profiles == playground_profiles(3, OPENS)
    assert profiles != playground_profiles(4, OPENS)


def test_an_account_is_in_a_crowd_once() -> None:
    with pytest.raises(ValueError, match="once"):
        Stage([person(), replace(person(), name="Other")])


def _doings(stage: Stage, account: str) -> list[tuple[object, ...]]:
    doings: list[tuple[object, ...]] = []
    for event in stage.of(account):
        match event:
            case Answered():
                doings.append((event.at, event.token.split(":")[2:], event.values))
            case Said() | Commanded():
                doings.append((event.at, event.text))
            case _:
                doings.append((event.at,))
    return doings
