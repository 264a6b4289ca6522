"""What findings suggest to change in a kit, and the diff that does it: applied by git and by patch, and loaded."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bot.evaluation.findings import Answered, Evaluation, Exposure, Finding, Kind, Outcome, TopicRank, Verdict
from bot.evaluation.kitdiff import CannotWrite, kit_diff
from bot.evaluation.suggestions import OtherPace, Suggestion, TopicLater, TopicOut, WishEarlier, suggest
from bot.evaluation.telling import advised, notes, ranked, suggested, told
from bot.program.wording import Wording
from bot.roundreport.suggests import worded
from tests.kits import copy_of
from topics.kit import find_kit, load_kit
from topics.model import Kit

LIBRARIANS, TEACHERS = load_kit(find_kit("librarians")), load_kit(find_kit("teachers"))


def found(outcome: Outcome, kind: Kind, effect: float, name: str = "", against: str = "") -> Finding:
    return Finding(
        outcome,
        Exposure(kind, name, name or str(kind), against),
        "points",
        400,
        200,
        Verdict.FOUND,
        effect,
        effect - 0.1,
        effect + 0.1,
        0.0001,
        0.002,
    )


def evaluation(*findings: Finding) -> Evaluation:
    return Evaluation(("Round 1",), findings, (), {Outcome.PARTNER: Answered(300, 500)}, 80)


def kinds(kit: Kit, *findings: Finding) -> list[tuple[type[Suggestion], str]]:
    return [
        (
            type(one),
            one.value if isinstance(one, OtherPace) else one.slug if not isinstance(one, WishEarlier) else one.name,
        )
        for one in suggest(evaluation(*findings), kit)
    ]


def test_nothing_found_is_nothing_to_suggest() -> None:
    shaky = replace(found(Outcome.PARTNER, Kind.SIMILAR, 0.5), verdict=Verdict.NOT_SHOWN)
    assert suggest(evaluation(), LIBRARIANS) == suggest(evaluation(shaky), LIBRARIANS) == ()
    assert kit_diff((), files_of(find_kit("librarians"))) == ""


@pytest.mark.parametrize(
    ("finding", "order"),
    [
        (found(Outcome.PARTNER, Kind.SIMILAR, 0.5), ("country", "interests", "partner_type", "waking_hours")),
        (found(Outcome.CONTACT, Kind.FAR, -1.2), ("country", "waking_hours", "partner_type", "interests")),
        (
            found(Outcome.COMPLETION, Kind.WISH, 9, "waking_hours"),
            ("country", "waking_hours", "partner_type", "interests"),
        ),
    ],
)
def test_a_wish_that_went_with_better_rounds_goes_up_but_never_past_a_different_country(
    finding: Finding, order: tuple[str, ...]
) -> None:
    (one,) = suggest(evaluation(finding), LIBRARIANS)
    assert isinstance(one, WishEarlier)
    assert one.order == order
    assert one.because == (finding,)


def test_wishes_keep_to_their_side_of_a_different_country() -> None:
    (one,) = suggest(evaluation(found(Outcome.CONTACT, Kind.FAR, -1.2)), TEACHERS)
    assert isinstance(one, WishEarlier)
    assert one.order == ("level", "country", "after_school", "subjects")
    assert kinds(TEACHERS, found(Outcome.PARTNER, Kind.SIMILAR, 0.5)) == []


def test_a_wish_with_something_against_it_stays() -> None:
    good, bad = found(Outcome.PARTNER, Kind.SIMILAR, 0.5), found(Outcome.CONTACT, Kind.SIMILAR, -0.5)
    assert kinds(LIBRARIANS, good, bad) == []
    assert kinds(LIBRARIANS, found(Outcome.PARTNER, Kind.FAR, 0.4)) == []


def test_the_rhythm_that_went_with_more_satisfaction_is_the_one_to_begin_with() -> None:
    default = "Every two weeks"
    assert kinds(LIBRARIANS, found(Outcome.PARTNER, Kind.PACE, 0.4, "weekly", default)) == [(OtherPace, "weekly")]
    assert kinds(LIBRARIANS, found(Outcome.CONTACT, Kind.PACE, 2.4, "weekly", default)) == []
    worse = found(Outcome.COMPLETION, Kind.PACE, -9, "weekly", default)
    assert kinds(LIBRARIANS, found(Outcome.PARTNER, Kind.PACE, 0.4, "weekly", default), worse) == []
    assert kinds(LIBRARIANS, found(Outcome.PARTNER, Kind.PACE, 0.4, "daily", default)) == []
    assert kinds(LIBRARIANS, found(Outcome.PARTNER, Kind.PACE, 0.4, "weekly", "Once a month")) == []


def test_a_topic_of_little_use_comes_later_and_one_that_went_with_displeasure_goes() -> None:
    slugs = [topic.slug for topic in LIBRARIANS.topics]
    poor = found(Outcome.USEFUL, Kind.TOPIC, -18, slugs[3])
    assert kinds(LIBRARIANS, poor) == [(TopicLater, slugs[3])]
    assert kinds(LIBRARIANS, poor, found(Outcome.PARTNER, Kind.TOPIC, -0.4, slugs[3])) == [(TopicOut, slugs[3])]
    for kept in (slugs[0], slugs[-1], slugs[-2], "long-gone"):
        assert kinds(LIBRARIANS, found(Outcome.USEFUL, Kind.TOPIC, -18, kept)) == []
    assert kinds(LIBRARIANS, found(Outcome.USEFUL, Kind.TOPIC, 18, slugs[3])) == []


def test_a_short_kit_keeps_three_topics() -> None:
    middle = [topic.slug for topic in TEACHERS.topics[1:-1]]
    both = [found(o, Kind.TOPIC, -0.5, slug) for slug in middle for o in (Outcome.USEFUL, Outcome.PROGRAM)]
    assert [kind for kind, _ in kinds(TEACHERS, *both)].count(TopicOut) == len(TEACHERS.topics) - 3


def files_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in folder.iterdir() if path.is_file()}


def applied(folder: Path, diff: str, tool: str) -> Kit:
    """The kit of that folder after the diff."""
    (folder.parent / "kit.diff").write_bytes(diff.encode())
    if tool == "git":
        # The kit as it mostly is: a folder within somebody's repository.
        subprocess.run(["git", "init", "-q", str(folder.parent)], check=True)
        subprocess.run(["git", "apply", "--whitespace=nowarn", "../kit.diff"], cwd=folder, check=True)
    else:
        with (folder.parent / "kit.diff").open("rb") as file:
            subprocess.run(["patch", "-p1", "--binary", "-s"], cwd=folder, stdin=file, check=True)
    return load_kit(folder)


ALL = (
    found(Outcome.PARTNER, Kind.SIMILAR, 0.5),
    found(Outcome.CONTACT, Kind.FAR, -1.2),
    found(Outcome.PARTNER, Kind.PACE, 0.4, "weekly", "Every two weeks"),
    found(Outcome.USEFUL, Kind.TOPIC, -18, LIBRARIANS.topics[3].slug),
    found(Outcome.PARTNER, Kind.TOPIC, -0.4, LIBRARIANS.topics[3].slug),
    found(Outcome.USEFUL, Kind.TOPIC, -12, LIBRARIANS.topics[5].slug),
)


@pytest.mark.parametrize("tool", ["git", "patch"])
def test_the_diff_can_be_applied_and_the_kit_loads_with_just_these_changes(tmp_path: Path, tool: str) -> None:
    folder = copy_of("librarians", tmp_path)
    kit = applied(folder, kit_diff(suggest(evaluation(*ALL), LIBRARIANS), files_of(folder)), tool)
    assert [wish.name for wish in kit.wishes] == ["country", "interests", "waking_hours", "partner_type"]
    assert kit.checkins.default_pace == "weekly"
    slugs = [topic.slug for topic in LIBRARIANS.topics]
    out, later = slugs[3], slugs[5]
    assert [t.slug for t in kit.topics] == [s for s in slugs[:-1] if s not in (out, later)] + [later, slugs[-1]]
    assert [t.number for t in kit.topics] == list(range(1, 10))
    options = [o.value for s in kit.surveys for q in s.questions if q.name == "topics" for o in q.options]
    assert options == [slug for slug in slugs if slug != out]
    same = replace(
        kit,
        wishes=LIBRARIANS.wishes,
        checkins=LIBRARIANS.checkins,
        topics=LIBRARIANS.topics,
        surveys=LIBRARIANS.surveys,
    )
    assert same == LIBRARIANS
    assert suggest(evaluation(*ALL[:2]), kit) == ()


def test_comments_stay_with_what_they_are_about(tmp_path: Path) -> None:
    folder = copy_of("librarians", tmp_path)
    path = folder / "program.toml"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    text = text.replace(
        '[[wishes]]\nname = "interests"', '# Interests matter most.\n[[wishes]]\nname = "interests" # yes'
    )
    text = text.replace('default_pace = "fortnightly"', "default_pace = 'fortnightly' # the middle one")
    path.write_text(text, encoding="utf-8")
    kit = applied(folder, kit_diff(suggest(evaluation(*ALL), load_kit(folder)), files_of(folder)), "git")
    after = path.read_text(encoding="utf-8")
    assert '# Interests matter most.\n[[wishes]]\nname = "interests" # yes\n' in after
    assert 'default_pace = "weekly" # the middle one\n' in after
    assert sorted(line for line in after.splitlines() if "#" in line and "pace" not in line) == sorted(
        line for line in text.splitlines() if "#" in line and "pace" not in line
    )
    assert kit.wishes[1].name == "interests"


@pytest.mark.parametrize("tool", ["git", "patch"])
def test_other_line_ends_and_no_end_of_the_last_line(tmp_path: Path, tool: str) -> None:
    folder = copy_of("librarians", tmp_path)
    for path in folder.iterdir():
        path.write_bytes(path.read_text(encoding="utf-8").rstrip("\n").replace("\n", "\r\n").encode())
    kit = applied(folder, kit_diff(suggest(evaluation(*ALL), load_kit(folder)), files_of(folder)), tool)
    assert [wish.name for wish in kit.wishes] == ["country", "interests", "waking_hours", "partner_type"]
    assert b"\n" not in (folder / "program.toml").read_bytes().replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('default_pace = "fortnightly"\n', ""),
        ("[checkins]\n", "[ checkins ] # when to ask\n"),
        ('default_pace = "fortnightly"', 'default_pace="fortnightly"'),
    ],
)
def test_a_rhythm_is_written_wherever_it_stands(tmp_path: Path, old: str, new: str) -> None:
    folder = copy_of("librarians", tmp_path)
    path = folder / "program.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    kit = applied(folder, kit_diff((OtherPace("weekly", "Every week", ()),), files_of(folder)), "git")
    assert kit.checkins.default_pace == "weekly"


def test_a_kit_that_says_nothing_of_check_ins_gets_the_table(tmp_path: Path) -> None:
    folder = copy_of("teachers", tmp_path)
    path = folder / "program.toml"
    text = path.read_text(encoding="utf-8")
    parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    path.write_text("".join(part for part in parts if not part.lstrip("[").startswith("checkins")), encoding="utf-8")
    kit = load_kit(folder)
    value = next(pace.value for pace in kit.checkins.paces if pace.value != kit.checkins.default_pace)
    kit = applied(folder, kit_diff((OtherPace(value, value, ()),), files_of(folder)), "git")
    assert kit.checkins.default_pace == value


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    files = {"program.toml": 'checkins.default_pace = """fortnightly"""\n'}
    with pytest.raises(CannotWrite, match=r"\[checkins\] has to be changed by hand"):
        kit_diff((OtherPace("weekly", "Every week", ()),), files)


def test_every_finding_and_suggestion_has_its_sentence() -> None:
    say = Wording(LIBRARIANS).plain
    for outcome in Outcome:
        for kind in Kind:
            one = found(outcome, kind, -0.5, "x", "Every two weeks")
            sentence = told(one, say)
            assert re.search(r"\(95 % interval: 0\.40? to 0\.60?; 400 people in 200 pairs\)\.$", sentence)
            assert "less" in sentence or "fewer" in sentence or "seldom" in sentence
            assert "chance would show one like it" in told(replace(one, verdict=Verdict.NOT_SHOWN), say)
            assert "not enough data" in told(replace(one, verdict=Verdict.NOT_ENOUGH, effect=None), say)
    sentences = [suggested(one, say) for one in suggest(evaluation(*ALL), LIBRARIANS)]
    assert len(sentences) == 5
    assert all(" Because: " in sentence for sentence in sentences)


def test_topics_are_ranked_in_a_sentence() -> None:
    say = Wording(LIBRARIANS).plain
    first = TopicRank("a", "Our *places*", 1, True, 30, 90, 1 / 3, 0.24, 0.44, 12, 40)
    level, last = replace(first, title="Tools"), replace(first, title="Crisis", rank=3, share=0.1, low=0.05, high=0.18)
    (sentence,) = ranked(replace(evaluation(), ranking=(first, level, replace(last, together=0))), say)
    assert sentence.endswith(
        "1. Our *places*: 33 (24 to 44), talked about by 12 of 40 pairs; 1. Tools: 33 (24 to 44), talked about by "
        "12 of 40 pairs; 3. Crisis: 10 (5 to 18)."
    )
    assert ranked(evaluation(), say) == ()


def test_the_report_tells_what_may_be_changed() -> None:
    say = Wording(LIBRARIANS).plain
    assert advised(evaluation(), LIBRARIANS, say)[0].startswith("There is nothing to suggest")
    heading, one = advised(evaluation(ALL[0]), LIBRARIANS, say)
    assert heading == "Suggested changes to the kit:"
    assert one.startswith("Give more weight to the wish about interests when pairs are made. Because: ")
    assert "counterpart kit suggest --out kit.diff" in worded(evaluation(ALL[0]), LIBRARIANS, say)[-1]
    assert not any("kit.diff" in sentence for sentence in worded(evaluation(), LIBRARIANS, say))


def test_notes_say_who_answered_and_that_no_cause_is_shown() -> None:
    say = Wording(LIBRARIANS).plain
    first, looks, answered = notes(evaluation(ALL[0]), say)
    assert "cannot show that one caused the other" in first
    assert "80 comparisons" in looks
    assert "300 of 500 people who had a partner (60 %)" in answered
    nothing = Evaluation((), (), (), {}, 0)
    assert [text[:24] for text in notes(nothing, say)] == [
        "Nothing is found. That d",
        "There is too little data",
        "Nobody's satisfaction is",
    ]
