"""Every key that a kit's files may hold. `docs/kits.md` explains each one, and a test keeps the two together."""

import re
from collections.abc import Mapping
from datetime import date
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from topics.keys import (
    Key,
    Wrong,
    clock,
    each,
    flag,
    full,
    hours,
    line,
    name,
    one_of,
    share,
    verbatim,
    weekday,
    whole,
    words,
)
from topics.model import Choice, QuestionKind, Rule

YEAR_DAYS = 366

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CSS_FILE = re.compile(r"\w[\w.-]*\.css")
WHEN = ("arrival", "middle", "closing", "exit")
"""When surveys go out."""
SURVEYS_ONLY = (QuestionKind.SCALE, QuestionKind.MATRIX)

TEXT_LIMIT = 4_000
"""Characters of the longest answer a platform's form can take."""


def _month_day(raw: object) -> str:
    text = words(raw)
    try:
        date.fromisoformat(f"2026-{text}")
    except ValueError:
        raise Wrong(f'must be a month and a day of every year, such as "09-01", not `{text}`') from None
    return text


def _zone(raw: object) -> str:
    text = line(raw)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong(f"must be a time zone such as `Europe/Paris` or `UTC`, not `{text}`") from None
    return text


def web_address(raw: object) -> str:
    """Where a site stands, with a slash at its end. Raises Wrong."""
    text = line(raw)
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        good = False
    if not good or any(char.isspace() for char in text):
        raise Wrong(f"must be a web address such as `https://mentoring.example.org/`, not `{text}`")
    return text.rstrip("/") + "/"


def _language(raw: object) -> str:
    text = line(raw)
    if not _LANGUAGE.fullmatch(text):
        raise Wrong(f"must be a language such as `en`, `fr` or `pt-BR`, not `{text}`")
    return text


def _css_file(raw: object) -> str:
    text = line(raw)
    if not _CSS_FILE.fullmatch(text):
        raise Wrong(f"must be the name of a CSS file in the kit's folder, such as `theme.css`, not `{text}`")
    return text


def _kind(raw: object) -> QuestionKind:
    return QuestionKind(one_of(QuestionKind)(raw))


def _application_kind(raw: object) -> QuestionKind:
    kind = _kind(raw)
    if kind in SURVEYS_ONLY:
        raise Wrong(f"cannot be `{kind}` in the application: only surveys ask for that")
    return kind


def _rule(raw: object) -> Rule:
    return Rule(one_of(Rule)(raw))


def _option(raw: object) -> Choice:
    if isinstance(raw, str):
        return Choice(line(raw), line(raw))
    if not isinstance(raw, Mapping):
        raise Wrong('must hold words, or tables such as {value = "any", label = "No preference"}')
    table = cast("Mapping[str, object]", raw)
    strange = [key for key in table if key not in ("value", "label")]
    if strange:
        raise Wrong(f"know no `{strange[0]}`: an option has a `value` and a `label`", strange[0])
    missing = [key for key in ("value", "label") if key not in table]
    if missing:
        raise Wrong(f"need a `{missing[0]}` in each option")
    return Choice(line(table["value"]), line(table["label"]))


def _only_if(raw: object) -> tuple[str, tuple[str, ...]]:
    shape = 'must look like {question = "interest", answers = ["yes"]}'
    if not isinstance(raw, Mapping):
        raise Wrong(shape)
    table = cast("Mapping[str, object]", raw)
    if set(table) != {"question", "answers"}:
        raise Wrong(shape)
    answers: tuple[str, ...] = each(line)(table["answers"])
    if not answers:
        raise Wrong("needs at least one answer", "answers")
    return line(table["question"]), answers


PROGRAM = (
    Key("name", line, required=True),
    Key("tagline", line, required=True),
    Key("contact", line, required=True),
    Key("join", words),
    Key("variant_by", words),
)

ROUND = (
    Key("starts", _month_day),
    Key("weeks", whole(1, 104)),
    Key("applications_open_days_before", whole(0, YEAR_DAYS)),
    Key("applications_close_days_before", whole(0, YEAR_DAYS)),
    Key("capacity", whole(0)),
    Key("country_cap", share),
    Key("odd", one_of(("trio", "waitlist"))),
    Key("closing_reminder_days", whole(0, YEAR_DAYS)),
    Key("forecast_weekday", weekday),
    Key("cases_weekday", weekday),
)

RHYTHM = (
    Key("every_days", whole(1, YEAR_DAYS)),
    Key("weekday", weekday),
    Key("first_after_days", whole(0, YEAR_DAYS)),
    Key("last_before_end_days", whole(0, YEAR_DAYS)),
    Key("hour", clock),
    Key("daytime", each(hours)),
    Key("meeting_minutes", whole(15, 240)),
)

CHECKINS = (
    Key("arrival_ask_hours", whole(1, 24 * YEAR_DAYS)),
    Key("arrival_case_hours", whole(1, 24 * YEAR_DAYS)),
    Key("answer_days", whole(1, YEAR_DAYS)),
    Key("offer_days", whole(0, YEAR_DAYS)),
    Key("settle_days", whole(1, YEAR_DAYS)),
    Key("own_changes", whole(0, 100)),
    Key("elsewhere_days", whole(1, YEAR_DAYS)),
    Key("default_pace", line),
    Key("paces", lambda raw: raw),
)

POOL = (
    Key("must_meet", each(name)),
    Key("patience_days", whole(0, YEAR_DAYS)),
    Key("third_days", whole(0, YEAR_DAYS)),
)

CERTIFICATES = (
    Key("send", flag),
    Key("name_days", whole(0, YEAR_DAYS)),
)

PACE = (
    Key("value", name, required=True),
    Key("label", line, required=True),
    Key("quiet_days", whole(1, YEAR_DAYS), required=True, blank=1),
)

IMPORT = (
    Key("timestamp", line),
    Key("name", line),
    Key("email", line),
    Key("separator", verbatim),
    Key("consent_given", flag),
    Key("zone", _zone),
)

_ASKED = (
    Key("prompt", full, required=True),
    Key("help", words),
    Key("short", words),
    Key("options", each(_option)),
    Key("required", flag),
    Key("minimum", whole()),
    Key("maximum", whole()),
    Key("only_if", _only_if),
)

SURVEY_QUESTION = (
    Key("name", name, required=True),
    Key("kind", _kind, required=True, blank=None),
    *_ASKED,
    Key("from", line),
    Key("to", line),
    Key("rows", each(_option)),
)

QUESTION = (
    Key("name", name, required=True),
    Key("kind", _application_kind, required=True, blank=None),
    *_ASKED,
    Key("column", words),
    Key("must", each(line)),
    Key("otherwise", words),
    Key("shared", flag),
)

WISH = (
    Key("name", name, required=True),
    Key("rule", _rule, required=True, blank=None),
    Key("question", line, required=True),
    Key("of", words),
    Key("same", words),
    Key("anything", words),
    Key("asked_by", words),
    Key("hours", hours),
)

SITE = (
    Key("address", web_address),
    Key("language", _language),
    Key("about", words),
    Key("theme", _css_file),
    Key("announcements", flag),
)

SURVEY = (
    Key("name", name, required=True),
    Key("title", line, required=True),
    Key("when", one_of(WHEN), required=True),
    Key("intro", full, required=True),
    Key("thanks", full, required=True),
    Key("anonymous", flag),
    Key("days_after_start", whole(1, YEAR_DAYS)),
    Key("days_before_end", whole(0, YEAR_DAYS)),
    Key("remind_after_days", whole(1, YEAR_DAYS)),
    Key("reminders", whole(0, 2)),
    Key("questions", lambda raw: raw, required=True, blank=()),
)

STORY = (
    Key("name", name, required=True),
    Key("prompt", full, required=True),
    Key("help", words),
    Key("short", words),
    Key("required", flag),
    Key("maximum", whole(1, TEXT_LIMIT)),
)

SCHEMA: Mapping[str, tuple[Key, ...]] = {
    "[program]": PROGRAM,
    "[round]": ROUND,
    "[rhythm]": RHYTHM,
    "[checkins]": CHECKINS,
    "[[checkins.paces]]": PACE,
    "[pool]": POOL,
    "[[questions]]": QUESTION,
    "[[wishes]]": WISH,
    "[import]": IMPORT,
    "[certificates]": CERTIFICATES,
    "[site]": SITE,
    "[[surveys]]": SURVEY,
    "[[surveys.questions]]": SURVEY_QUESTION,
    "[[story]]": STORY,
}
"""Every table of `program.toml`, `surveys.toml` and `stories.toml` with its keys."""
