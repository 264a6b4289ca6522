"""The numbers of pictures against counts made in another way, and what must not be told of few people."""

import re
from dataclasses import replace
from datetime import timedelta
from math import sqrt
from random import Random
from statistics import mean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.history import CaseFacts, RoundHistory
from bot.evaluation.series.answers import answer_series
from bot.evaluation.series.cases import FATES, case_series
from bot.evaluation.series.contact import contact_series
from bot.evaluation.series.countries import country_series
from bot.evaluation.series.earlier import earlier_series
from bot.evaluation.series.first import first_series
from bot.evaluation.series.funnel import funnel_series
from bot.evaluation.series.groups import joined, ranked
from bot.evaluation.series.measures import mean_of, share
from bot.evaluation.series.meetings import meeting_series
from bot.evaluation.series.said import MOST_ALT, Said, alternative, percent, percent_span
from bot.evaluation.series.satisfaction import satisfaction_series
from bot.evaluation.series.weeks import week_series
from bot.evaluation.series.wishes import wish_series
from tests.evaluation.invented import CONTACT, empty, history, of_one_pair

ROUND = history(150)


def every_said(found: RoundHistory, earlier: tuple[RoundHistory, ...] = ()) -> list[Said]:
    series = (
        funnel_series, country_series, meeting_series, first_series, week_series, satisfaction_series, contact_series,
        wish_series, case_series, answer_series,
    )  # fmt: skip
    return [*(each(found).said for each in series), earlier_series(found, earlier).said]


def words_of(said: Said) -> str:
    cells = [*said.table.heading, *(cell for row in said.table.rows for cell in row)] if said.table else []
    return "\n".join((said.title, said.headline, said.alt, said.caption, *cells))


def test_the_funnel() -> None:
    stages = [(stage.name, stage.count) for stage in funnel_series(ROUND).stages]
    people = ROUND.people
    assert stages == [
        ("Applied", len(people)),
        ("Eligible", sum(person.eligible for person in people)),
        ("Placed", sum(person.placed for person in people)),
        ("Live", sum(person.live for person in people)),
        ("Completed", sum(person.completed for person in people)),
    ]
    assert [count for _, count in stages] == sorted((count for _, count in stages), reverse=True)


def test_countries_hold_everybody() -> None:
    series = country_series(ROUND)
    assert sum(count for _, count in series.bars) + series.rest == 150
    assert series.countries == len({person.country for person in ROUND.people})
    assert [count for _, count in series.bars] == sorted((count for _, count in series.bars), reverse=True)
    assert all(count >= 5 for _, count in series.bars) and (series.rest == 0 or series.rest >= 5)
    assert series.bars[0][0] == "United States"


def test_which_countries_meet() -> None:
    series = meeting_series(ROUND)
    place = {name: number for number, name in enumerate(series.names)}
    codes = [{"US": "United States", "IN": "India"}.get(code, code) for pair in ROUND.pairs for code in pair.countries]
    together = sum(
        1 for one, other in zip(codes[::2], codes[1::2], strict=True) if {one, other} == {"United States", "India"}
    )
    assert series.cells[place["United States"]][place["India"]] == together > 2
    assert "countries" in series.said.caption and "United Nations" not in series.said.caption
    assert all(series.cells[a][b] == series.cells[b][a] for a in place.values() for b in place.values())
    assert all(count is None or count > 2 for line in series.cells for count in line)


def test_where_hardly_two_countries_meet_often_parts_of_the_world_are_shown() -> None:
    lands = ["US", "CA", "KE", "TZ", "DE", "FR", "IN", "PK", "NG", "GH", "JP", "CN", "BR", "PE", "AU", "NZ"]
    random = Random(5)
    pairs = tuple(replace(pair, countries=tuple(random.sample(lands, 2))) for pair in ROUND.pairs[:40])
    series = meeting_series(replace(ROUND, pairs=pairs))
    assert "Northern America" in series.names and "United States" not in words_of(series.said)
    assert "regions of the United Nations" in series.said.caption
    assert "40 partnerships join 16 countries" in series.said.headline


def test_a_last_week_of_a_few_days_is_no_week_in_which_nobody_wrote() -> None:
    series = week_series(replace(ROUND, ends_on=ROUND.ends_on + timedelta(days=2)))
    assert [week.days for week in series.weeks[-2:]] == [7, 2] and series.weeks[-1].share is None
    assert "The last week has only 2 days" in series.said.caption and "in week 18" not in series.said.headline


def test_weeks_add_up() -> None:
    series = week_series(ROUND)
    assert sum(week.messages for week in series.weeks) == sum(m.messages for pair in ROUND.pairs for m in pair.members)
    assert len(series.weeks) == 17 and series.weeks[0].partnerships == len(ROUND.pairs)
    wrote = sum(1 for pair in ROUND.pairs if any(member.weekly[0] for member in pair.members))
    assert series.weeks[0].active == wrote
    assert [week.number for week in series.weeks if week.topics] == [1, 3, 5, 7, 9, 11, 13, 15]


def test_weeks_of_a_partnership_that_began_later() -> None:
    late = [
        replace(pair, announced_at=pair.announced_at + timedelta(days=21)) for pair in ROUND.pairs if pair.announced_at
    ]
    series = week_series(replace(ROUND, pairs=tuple(late)))
    assert [week.partnerships for week in series.weeks[:4]] == [0, 0, 0, len(late)]
    assert series.weeks[0].share is None


def test_satisfaction() -> None:
    series = satisfaction_series(ROUND)
    assert [one.scale.title for one in series.questions] == [
        "Satisfied with the program", "Satisfied with the partnership", "Would recommend", "How it goes",
    ]  # fmt: skip
    values = [int(str(p.surveys["closing"]["partner"])) for p in ROUND.people if "closing" in p.surveys]
    found = series.questions[1]
    assert (found.mean.count, found.mean.value) == (len(values), pytest.approx(mean(values)))
    assert found.scale.counts == {value: values.count(value) for value in set(values)}
    assert (found.scale.least, found.scale.most) == (1, 5)
    assert (series.questions[2].scale.least, series.questions[2].scale.most) == (0, 10)


def test_satisfaction_against_contact_sees_what_was_planted() -> None:
    series = contact_series(history(1500))
    panels = {(panel.scale.question, panel.by): [group.mean.value for group in panel.groups] for panel in series.panels}
    said = panels["partner", "In touch, as they say"]
    assert len(said) == len(CONTACT) and said == sorted(said, reverse=True)
    counted = panels["partner", "Messages in the room"]
    assert counted[0] > counted[3] + 0.5
    assert sum(group.mean.count for group in series.panels[0].groups) == sum(
        1 for person in history(1500).people if "closing" in person.surveys
    ), "everybody who answered is in a group, so that nobody can be subtracted"


def test_answers_without_names_are_counted_and_not_compared() -> None:
    found = replace(ROUND, people=tuple(replace(person, surveys={}) for person in ROUND.people))
    assert "carry no names" in contact_series(found).said.headline
    assert satisfaction_series(found).questions == satisfaction_series(ROUND).questions


def test_those_of_whom_nobody_can_tell_are_not_said_to_be_silent() -> None:
    some = tuple(replace(pair, members=tuple(replace(m, known=False) for m in pair.members)) for pair in ROUND.pairs)
    names = [g.name for p in contact_series(replace(ROUND, pairs=some)).panels if "room" in p.by for g in p.groups]
    assert names == [], "all are in one group: there is nothing to compare"


def test_answers() -> None:
    series = answer_series(ROUND)
    assert [one.title for one in series.questions] == ["Contact", "Would take part again"]
    closing = [person.surveys["closing"] for person in ROUND.people if "closing" in person.surveys]
    (yes,) = series.questions[1].answers
    assert yes[0] == "Yes" and (yes[1].count, yes[1].of) == (sum(a["again"] == "yes" for a in closing), len(closing))
    weekly = series.questions[0].answers[0]
    assert weekly[0] == CONTACT["weekly"] and weekly[1].count == sum(a["contact"] == "weekly" for a in closing)


def test_questions_of_which_several_answers_are_chosen_are_no_shares() -> None:
    survey = replace(ROUND.surveys[-1], choices={"topics": {"one": 60, "two": 70}, "again": {"yes": 4}})
    assert answer_series(replace(ROUND, surveys=(survey,))).questions == (), "more answers than people, and four people"
    people = tuple(replace(p, surveys={"closing": {"topics": ("one",)}}) for p in ROUND.people)
    few = replace(survey, choices={"topics": {"one": 10}})
    assert answer_series(replace(ROUND, people=people, surveys=(few,))).questions == ()


def test_wishes() -> None:
    series = wish_series(ROUND)
    shares = [pair.wishes["partner_type"] for pair in ROUND.pairs if "partner_type" in pair.wishes]
    (wish,) = [wish for wish in series.wishes if wish.name == "Wished-for partner"]
    assert wish.mean.value == pytest.approx(mean(shares)) and wish.mean.count == len(shares)
    assert (wish.full, wish.part, wish.none) == (shares.count(1.0), shares.count(0.5), shares.count(0.0))


def test_first_contact() -> None:
    series = first_series(ROUND)
    waits = [pair.first_contact_hours for pair in ROUND.pairs if pair.first_contact_hours is not None]
    assert series.median_hours == median(waits)
    assert [one.count for _, one in series.by] == [
        sum(wait <= limit for wait in waits) for limit in (24, 48, 72, 168, 336, 1e9)
    ]
    assert {one.of for _, one in series.by} == {len(ROUND.pairs)}


def test_cases() -> None:
    kept = [case for case in ROUND.cases if case.kind != "misconduct"]
    series = case_series(ROUND)
    assert sum(bar.count for bar in series.bars) == len(kept) < len(ROUND.cases)
    assert series.bars[0].count == sum(case.kind == "silent" for case in kept)
    assert series.bars[0].counts[0] == sum(
        case.kind == "silent" and (not case.asked or case.outcome == "settled") for case in kept
    )
    assert "onfidence" in series.said.caption and "isconduct" not in words_of(series.said)


def test_an_open_case_is_open() -> None:
    still = [replace(case, state="open") for case in ROUND.cases]
    assert all(bar.counts[:2] == (0, 0) for bar in case_series(replace(ROUND, cases=tuple(still))).bars)
    assert len(FATES) == 3


def test_beside_earlier_rounds() -> None:
    others = (history(120, 2, number=0, name="Second"), history(90, 3, number=-1, name="First"))
    series = earlier_series(ROUND, others)
    assert series.rounds == ("First", "Second", "Autumn 2027")
    placed, live = series.measures[:2]
    for point, one in zip(placed.points, (others[1], others[0], ROUND), strict=True):
        assert point.value == pytest.approx(one.funnel.placed / one.funnel.eligible)
        assert point.value is not None and point.low is not None and point.high is not None
        assert point.low < point.value < point.high
    assert live.points[-1].value == pytest.approx(mean(pair.live for pair in ROUND.pairs))
    assert earlier_series(ROUND, ()).said.empty


def test_a_round_that_runs_is_not_said_to_have_completed_nobody() -> None:
    series = earlier_series(
        history(150, ended=False), (history(120, 2, number=0, name="First"), history(90, 3, number=-1, name="Zero"))
    )
    (completed,) = [measure for measure in series.measures if measure.name == "Completed"]
    assert completed.points[-1].value is None and completed.points[-1].words == "not known"
    assert "cannot" not in funnel_series(ROUND).said.caption
    assert "not over" in funnel_series(history(150, ended=False)).said.caption


# Words


@pytest.mark.parametrize("found", [ROUND, history(150, ended=False), history(1500), history(12, seed=4)])
def test_alternative_texts_tell_the_numbers_and_fit(found: RoundHistory) -> None:
    for said in every_said(found, (history(120, 2, number=0, name="Before"),)):
        assert len(said.alt) <= MOST_ALT and said.alt.startswith(said.headline)
        assert said.empty or re.search(r"\d", said.alt)
        assert "chart" not in said.alt.lower() and "image" not in said.alt.lower()
        if said.table:
            assert all(len(row) == len(said.table.heading) for row in said.table.rows)
            assert said.caption.endswith(".")


def test_a_round_that_nobody_applied_for() -> None:
    for said in every_said(empty()):
        assert said.empty and said.headline.endswith(".") and said.alt == said.headline


def test_a_round_of_one_pair_tells_how_far_they_came_and_nothing_else() -> None:
    found = every_said(of_one_pair())
    assert [said.name for said in found if not said.empty] == ["funnel"]
    assert all(
        "ewer than 5" in said.headline
        or "no earlier" in said.headline
        or "o cases" in said.headline
        or "not two" in said.headline
        or "No question" in said.headline
        for said in found
        if said.empty
    )


def test_a_long_list_says_how_much_is_left_out() -> None:
    told = alternative("Message.", [f"item {number}" for number in range(500)], "After.")
    assert len(told) <= MOST_ALT and re.search(r"and \d+ more\. After\.$", told)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "0 %"), (0.001, "under 1 %"), (0.014, "1 %"), (0.5, "50 %"), (0.999, "over 99 %"), (1, "100 %")],
)
def test_per_cent(value: float, words: str) -> None:
    assert percent(value) == words
    assert percent_span(0.141, 0.859) == "14–86 %" and percent_span(0.0, 1.0) == "0–100 %"


# Intervals


def test_intervals_against_the_formulas_of_a_textbook() -> None:
    found = share(15, 65)
    p, n, z = 15 / 65, 65, 1.959963985
    middle, reach = (
        (p + z * z / 2 / n) / (1 + z * z / n),
        z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / 4 / n / n),
    )
    assert (found.low, found.high) == (pytest.approx(middle - reach), pytest.approx(middle + reach))
    values = [1.0, 2, 4, 4, 5, 5, 5, 3, 2, 4]
    means = mean_of(values, 1, 5)
    assert means is not None and means.low is not None and means.high is not None
    assert means.high - means.value == pytest.approx(2.262157 * stdev(values) / sqrt(10), rel=1e-6)
    assert means.value - means.low == pytest.approx(means.high - means.value)


def test_intervals_of_little() -> None:
    assert (share(0, 0).low, share(0, 0).high, share(0, 0).value) == (0, 1, 0)
    assert share(0, 9).low == 0 and share(9, 9).high == 1
    assert mean_of([], 1, 5) is None
    same = mean_of([5.0] * 6, 1, 5)
    assert same is not None and same.low is None, "nothing is known of how answers spread that are all the same"
    wide = mean_of([1.0, 5.0], 1, 5)
    assert wide is not None and (wide.low, wide.high) == (1, 5), "no interval leaves its scale"


# Few people


@given(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 9)), st.integers(1, 6))
def test_no_group_of_fewer_than_five(counts: dict[str, int], most: int) -> None:
    groups = ranked(counts, most)
    assert all(count >= 5 for _, count in groups.shown) and len(groups.shown) <= most
    assert sum(count for _, count in groups.shown) + groups.rest == sum(counts.values())
    assert groups.rest == 0 or not groups.shown or groups.rest >= 5


@given(st.lists(st.integers(0, 9), max_size=9))
def test_joined_neighbours(sizes: list[int]) -> None:
    groups = [(str(place), list(range(size))) for place, size in enumerate(sizes)]
    found = joined(groups)
    if sum(sizes) < 5:
        assert found == []
        return
    assert all(len(members) >= 5 for _, members in found)
    assert sum(len(members) for _, members in found) == sum(sizes)
    names = [name for group, _ in found for name in group]
    assert names == [str(place) for place, size in enumerate(sizes) if size], "each once, in order"


@pytest.mark.parametrize("planted", [1, 2, 3, 4])
def test_a_small_group_is_nowhere(planted: int) -> None:
    """Some people from Tuvalu, with an answer, a topic of contact and a kind of case that nobody else has."""
    people = tuple(
        replace(
            person,
            country="TV",
            surveys={**person.surveys, "closing": {"program": "1", "partner": "1", "contact": "seldom"}},
        )
        if place < planted
        else person
        for place, person in enumerate(sorted(ROUND.people, key=lambda person: not person.placed))
    )
    few = {person.key for person in people[:planted]}
    pairs = tuple(
        replace(
            pair,
            countries=tuple("TV" if m.person in few else c for m, c in zip(pair.members, pair.countries, strict=True)),
        )
        for pair in ROUND.pairs
    )
    cases = (*ROUND.cases, *(CaseFacts("rare_kind", "closed", "done", ROUND.opens_at, ROUND.opens_at, 1),) * planted)
    labels = {**ROUND.labels, "closing.contact": {**CONTACT, "seldom": "A distinctive answer"}}
    found = replace(ROUND, people=people, pairs=pairs, cases=cases, labels=labels)
    every = "\n".join(words_of(said) for said in every_said(found, (history(120, 2, number=0, name="Before"),)))
    assert "Tuvalu" not in every and "Rare kind" not in every
    groups = [group for panel in contact_series(found).panels for group in panel.groups]
    assert groups and all(group.mean.count >= 5 for group in groups)
    assert all(group.name != "A distinctive answer" for group in groups), "it is joined with its neighbour"


def test_a_country_that_was_not_given_is_none() -> None:
    people = tuple(replace(person, country="") if person.country in ("US", "IN") else person for person in ROUND.people)
    said = country_series(replace(ROUND, people=people)).said
    assert said.headline == "150 people from 15 countries applied, most from Kenya (22)."
    pairs = tuple(replace(pair, countries=("", "KE")) if pair.key < 10 else pair for pair in ROUND.pairs)
    headline = meeting_series(replace(ROUND, pairs=pairs)).said.headline
    assert "of the 55 in which all are known" in headline


def test_a_group_of_five_is_shown() -> None:
    people = tuple(replace(person, country="TV") if place < 5 else person for place, person in enumerate(ROUND.people))
    assert ("Tuvalu", 5) in country_series(replace(ROUND, people=people)).bars
