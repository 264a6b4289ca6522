"""Each mistake in `program.toml` and `surveys.toml` is named with its file and line, and nothing else is."""

from pathlib import Path

import pytest

from tests.kits import copy_of, only_problem, spoil
from topics.kit import check_kit

ROUND = [
    ("weeks = 10", "week¦s = 105", "from 1 to 104, not 105"),
    ("weeks = 10", 'weeks¦ = "10"', "whole number, not text"),
    ("weeks = 10", "weeks¦ = true", "whole number, not true or false"),
    ("weeks = 10", "we¦ek = 10", "unknown key `week` (did you mean `weeks`?)"),
    ("weeks = 10", "zzz¦ = 10", "unknown key `zzz`: the keys here are"),
    ("capacity = 120", "capacity¦ = -1", "0 or more, not -1"),
    ("country_cap = 0.25", "country_cap¦ = 25", "from 0 to 1"),
    ("country_cap = 0.25", 'country_cap¦ = "a quarter"', "number from 0 to 1"),
    ("country_cap = 0.25", "country_cap¦ = nan", "from 0 to 1"),
    ('"waitlist"', '"waitinglist"¦', "one of `trio`, `waitlist`, not `waitinglist` (did you mean `waitlist`?)"),
    ('"02-01"', '"02-30"¦', "a month and a day"),
    ('"02-01"', '"02-29"¦', "of every year"),
    ('"02-01"', '"1 February"¦', "a month and a day"),
    ("close_days_before = 14", "close_days_before¦ = 45", "must open before they close"),
    ("[round]", "[rounds]¦", "unknown table `rounds` (did you mean `round`?)"),
]

RHYTHM = [
    ('"thursday"', '"thurzday"¦', "(did you mean `thursday`?)"),
    ('"16:00"', '"25:00"¦', "time of day"),
    ('"16:00"', '"4 pm"¦', "time of day"),
    ('"16:00"', '"23:00"¦', "outside `daytime`"),
    ("every_days = 14", "every_days¦ = 0", "from 1 to"),
    ('["12:00", "20:00"]', '["13:00", "20:00"]¦', "8 hours at least"),
    ('["12:00", "20:00"]', '["20:00", "12:00"]¦', "must begin before they end"),
    ('["12:00", "20:00"]', '["12:00"]¦', "two times of day"),
    ('["12:00", "20:00"]', '"12:00"¦', "must be a list"),
    (', ["08:00", "21:00"]', ',\n["12:30", "21:00"]¦', "hold the whole of the one before"),
    ('[["12:00", "20:00"], ["08:00", "21:00"]]', "[]¦", "at least one window"),
]

CHECKINS = [
    ("answer_days = 3", "answer_days¦ = 0", "from 1 to"),
    ("answer_days = 3", "answer_days = 3\narrival_case_hours¦ = 48", "must be the larger number"),
    ('default_pace = "often"', 'default_pace¦ = "soften"', "no pace: `soften` (did you mean `often`?)"),
    ('value = "seldom"', 'value¦ = "often"', "with this `value` already"),
    ('label = "Every three weeks"', 'label¦ = "every Week"', "with this `label` already"),
    (
        "[[checkins.paces]]\n",
        "¦[[checkins.paces]]\nquiet_days = 1\nvalue = 'x'\n[[checkins.paces]]\n",
        "`label` is missing in",
    ),
    ("quiet_days = 24", "quiet_day¦ = 24\nquiet_days = 24", "unknown key `quiet_day`"),
]

QUESTIONS = [
    ('name = "years"', 'name¦ = "subjects"', "a question `subjects` already"),
    ('name = "years"', 'name¦ = "Years taught"', "small letters"),
    ('kind = "number"', 'kind¦ = "numbre"', "(did you mean `number`?)"),
    ('prompt = "How many years have you taught?"', 'prompt¦ = ""', "must not be empty"),
    ('short = "Years of teaching"', "short¦ = 3", "text in quotes"),
    ('"Music", ', '"music"¦, "Music", ', "`Music` repeats an earlier one"),
    ('value = "primary", label = "Primary (6 to 11)"', 'value = "primary", label = "early"¦', "repeats an earlier one"),
    ('value = "primary", label = "Primary (6 to 11)"', 'value = "primary"¦', "need a `label` in each option"),
    ('value = "primary", label = "Primary (6 to 11)"', 'value = "primary", label = "P", hint¦ = "x"', "no `hint`"),
    ('kind = "date"', 'kind = "date"\noptions¦ = ["a"]', "has no options"),
    ('kind = "date"', 'kind = "date"\nmaximum¦ = 3', "has no `maximum`"),
    ("minimum = 0\n", "minimum¦ = 61\n", "`minimum` 61 is more than `maximum` 60"),
    ("maximum = 4\n", "maximum¦ = 12\n", "number of options, 11"),
    ("maximum = 600", "maximum¦ = 5000", "1 to 4000 characters"),
    ('must = ["yes"]', 'must = ["yse"¦]', "`yse` is no answer to `consent` (did you mean `yes`?)"),
    ('must = ["yes"]', 'must = "yes"¦', "must be a list"),
    ('kind = "date"', 'kind = "date"\nmust¦ = ["2026-01-01"]\notherwise = "No."', "cannot have `must`"),
    (
        '[[questions]]\nname = "consent"',
        '[[questions]]\nname = "face"\nkind¦ = "picture"\nprompt = "?"\n\n[[questions]]\nname = "consent"',
        "a picture cannot be required",
    ),
    ('kind = "country"', 'kind = "country"\nmust = ["FR", "France"¦]\notherwise = "No."', "no country code"),
    ('kind = "date"', 'kind = "date"\notherwise¦ = "No."', "never said without `must`"),
    ("shared = true", "shared¦ = 1", "true or false, not a number"),
    ("required = false", 'required¦ = "no"', "true or false, not text"),
    ('only_if = { question = "class_project"', 'only_if = {¦ question = "consent"', "`consent`, which is no earlier"),
    (
        'only_if = { question = "class_project"',
        'only_if = {¦ question = "class_projects"',
        "did you mean `class_project`?",
    ),
    ('only_if = { question = "class_project"', 'only_if = {¦ question = "years"', "takes any"),
    (
        'class_project", answers = ["yes"]',
        'class_project", answers = ["maybe"¦]',
        "`maybe` is no answer to `class_project`",
    ),
    ('class_project", answers = ["yes"]', 'class_project", answers = []¦', "at least one answer"),
    ('only_if = { question = "class_project", answers = ["yes"] }', 'only_if¦ = "class_project"', "must look like"),
    ('variant_by = "level"', 'variant_by¦ = "levels"', "names no question: `levels` (did you mean `level`?)"),
]

SITE = [
    ('theme = "theme.css"', 'theme¦ = "../theme.css"', "the name of a CSS file in the kit's folder"),
    ('theme = "theme.css"', 'theme¦ = "theme.scss"', "the name of a CSS file in the kit's folder"),
    ('theme = "theme.css"', 'theme = "theme.css"\naddress¦ = "mentoring.example.org"', "must be a web address"),
    ('theme = "theme.css"', 'theme = "theme.css"\naddress¦ = "javascript://x/%0aalert(1)"', "must be a web address"),
    ('theme = "theme.css"', 'theme = "theme.css"\naddress¦ = "https://x.example.org/?a"', "must be a web address"),
    ('theme = "theme.css"', 'theme = "theme.css"\nlanguage¦ = "English"', "a language such as `en`"),
    ('theme = "theme.css"', 'theme = "theme.css"\nannouncements¦ = "no"', "true or false, not text"),
    ('theme = "theme.css"', 'theme = "theme.css"\ncolour¦ = "red"', "unknown key `colour`"),
]

WISHES = [
    ('question = "country"', 'question¦ = "contry"', "no question `contry` (did you mean `country`?)"),
    ('of = "level"', 'of¦ = "grade"', "no question `grade`"),
    ('of = "level"\n', "", "needs `of`"),
    ('same = "mine"', 'same¦ = "min"', "`min` is no option of `partner_level` (did you mean `mine`?)"),
    ('anything = "open"', 'anything¦ = "zzz"', "they are `open`, `mine`"),
    ('rule = "similar"', 'rule¦ = "similair"', "did you mean `similar`?"),
    ('question = "subjects"', 'question¦ = "level"', "is of the kind `choice`; this needs one of the kind `many`"),
    ('question = "subjects"', 'question = "subjects"\nasked_by¦ = "years"', "one of the kind `yes_no`"),
    ('question = "subjects"', 'question = "subjects"\nsame¦ = "x"', "by the rule `similar` has no `same`"),
    ('hours = ["14:00", "21:00"]', 'hours¦ = ["14:00"]', "two times of day"),
    ('name = "after_school"', 'name¦ = "subjects"', "a wish `subjects` already"),
    ('name = "after_school"\n', "", "the key `name` is missing in [[wishes]]"),
]

OTHERS = [
    ('tagline = "Two teachers, two countries, ten weeks."\n', "", "the key `tagline` is missing in [program]"),
    ('name = "Classrooms in Touch"', 'name¦ = ""', "must not be empty"),
    ("[[questions]]", "[import]\n[[import.zone]]¦\n[[questions]]", "must be text"),
    ("[[questions]]", '[import]\nzone¦ = "Mars/Olympus"\n[[questions]]', "must be a time zone"),
    ("[[questions]]", '[import]\nseparator¦ = ""\n[[questions]]', "not empty"),
    ("[[questions]]", '[import]\nemial¦ = "E-mail"\n[[questions]]', "did you mean `email`?"),
    ("weeks = 10", "weeks = 10\nweeks = 11¦", "not valid TOML"),
    ("weeks = 10", "weeks == 10¦", "not valid TOML"),
    ('tagline = "Two', 'tagline = "¦Two\n', "not valid TOML"),
]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param(*case, id=case[1] or f"without {case[0]}")
        for case in ROUND + RHYTHM + CHECKINS + QUESTIONS + SITE + WISHES + OTHERS
    ],
)
def test_a_mistake_in_the_program_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    """Where a key is taken away, the line to name is that of its table."""
    kit = copy_of("teachers", tmp_path)
    line = spoil(kit / "program.toml", old, new) if new else take_away(kit / "program.toml", old)
    problem = only_problem(kit)
    assert (problem.file, problem.line) == (str(kit / "program.toml"), line)
    assert words in problem.text
    assert str(problem) == f"{kit / 'program.toml'}:{line}: {problem.text}"


def take_away(path: Path, old: str) -> int:
    """Remove the first `old`; the line of the table header above it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, "", 1), encoding="utf-8")
    above = text[: text.index(old)].splitlines()
    return max(number for number, line in enumerate(above, start=1) if line.startswith("["))


SURVEYS = [
    ('when = "middle"', 'when¦ = "midle"', "did you mean `middle`?"),
    ('name = "farewell"', 'name¦ = "halfway"', "a survey `halfway` already"),
    ("days_before_end = 4", "days_before_end¦ = -4", "from 0 to"),
    ("remind_after_days = 2", "remind_after_day¦ = 2\nremind_after_days = 2", "unknown key `remind_after_day`"),
    ('name = "used"', 'name¦ = "worth"', "a question `worth` already"),
    ('name = "used"', 'name = "used"\nmust¦ = ["yes"]', "unknown key `must`"),
    ('question = "in_touch"', "question = 'again'¦", "no earlier question"),
    ('options = ["Very much", "Yes", "Partly", "No"]', "options¦ = []", "needs `options`"),
    ("days_after_start = 10", "days_after_start = 10\ndays_before_end¦ = 3", 'means nothing for `when = "arrival"`'),
    ("days_before_end = 4", "days_after_start¦ = 4\ndays_before_end = 4", "knows only `days_before_end`"),
    ('when = "exit"', 'when = "exit"\nreminders¦ = 1', "goes out when somebody leaves, once"),
    ("remind_after_days = 2", "remind_after_days = 2\nreminders¦ = 3", "from 0 to 2, not 3"),
    ("anonymous = true", "anonymous¦ = 'yes'", "true or false"),
    ('name = "again"', 'name¦ = "word"', "an anonymous survey cannot ask it"),
    ('name = "again"\nkind = "yes_no"', 'name = "again"\nkind¦ = "country"', "which tells who answers"),
    ('from = "not yet"', 'from¦ = ""', "must not be empty"),
    ('kind = "text"\nprompt = "What is in', 'kind = "text"\nfrom¦ = "bad"\nprompt = "What is in', "has no `from`"),
    ('{ value = "nerves"', '¦{ value = "lessons"', "the row `lessons` repeats an earlier one"),
    ('{ value = "nerves"', '¦{ value = "My nerves"', "the value of a row is small letters"),
    ('kind = "scale"\nprompt = "Would', 'kind = "scale"\nrows¦ = ["a", "b"]\nprompt = "Would', "has no `rows`"),
    ('answers = ["1", "2"]', 'answers¦ = ["1", "6"]', "`6` is no answer to `started`"),
    ("[[surveys]]", "[questions]¦\n[[surveys]]", "unknown table `questions`"),
    ('kind = "text"', 'kind = "text¦', "not valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "words"), SURVEYS)
def test_a_mistake_in_the_surveys_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    kit = copy_of("teachers", tmp_path)
    line = spoil(kit / "surveys.toml", old, new)
    problem = only_problem(kit)
    assert (problem.file, problem.line) == (str(kit / "surveys.toml"), line)
    assert words in problem.text


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("program.toml", "", "the table [program] is missing"),
        ("program.toml", "questions = 3", "begins with [[questions]]"),
        ("program.toml", "wishes = [1]", "must be a table of keys"),
        ("program.toml", "round = []", "`round` must be a table"),
        ("program.toml", "[round]\nweeks = " + "9" * 5000, "not valid TOML"),
        ("program.toml", "weeks = " + "[" * 50_000, "not valid TOML"),
        ("program.toml", "weeks = " + "[" * 150 + "]" * 150, "unknown table `weeks`"),
        ("program.toml", "[checkins]\npaces = []", "at least one pace"),
        ("program.toml", "[pool]\nmust_meet = ['countries']", "`must_meet` names no wish: `countries`"),
        ("surveys.toml", "surveys = {}", "begins with [[surveys]]"),
        ("surveys.toml", "[[surveys]]\nquestions = []", "at least one question"),
    ],
)
def test_a_file_of_another_shape_is_survived(tmp_path: Path, file: str, text: str, words: str) -> None:
    kit = copy_of("teachers", tmp_path)
    (kit / file).write_text(text, encoding="utf-8")
    from_file = [problem.text for problem in check_kit(kit) if problem.file == str(kit / file)]
    assert any(words in text for text in from_file)
