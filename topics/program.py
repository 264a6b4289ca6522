"""`program.toml`: who the program is, its dates and rhythm, its questions and wishes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from topics.keys import Key, read_table, rows
from topics.model import Checkins, Pace, Pool, Question, QuestionKind, Rhythm, RoundPlan, Wish
from topics.outside import ImportColumns, Site
from topics.problems import suggestion
from topics.questions import Asked, read_questions
from topics.recognition import Certificates
from topics.schema import CERTIFICATES, CHECKINS, IMPORT, PACE, POOL, PROGRAM, QUESTION, RHYTHM, ROUND, SITE
from topics.sheet import Sheet
from topics.wishes import read_wishes

SHORTEST_DAYTIME = timedelta(hours=8)
"""A shorter window would leave people of far zones without any hour to be written to."""

_TABLES = ("program", "round", "rhythm", "checkins", "pool", "questions", "wishes", "import", "site", "certificates")


@dataclass(frozen=True, slots=True)
class Program:
    """What `program.toml` says."""

    name: str
    tagline: str
    contact: str
    join: str
    variant_by: str
    plan: RoundPlan
    rhythm: Rhythm
    checkins: Checkins
    pool: Pool
    questions: tuple[Question, ...]
    wishes: tuple[Wish, ...]
    columns: ImportColumns | None
    site: Site
    certificates: Certificates

    @property
    def variants(self) -> Question | None:
        """The question whose answers select a topic's variant, if there is one."""
        return next((question for question in self.questions if question.name == self.variant_by), None)


def read_program(sheet: Sheet) -> Program:
    """All of the file; what is wrong with it becomes findings, and the good values are used."""
    for name in sheet.data:
        if name not in _TABLES:
            sheet.wrong((name,), f"unknown table `{name}`{suggestion(name, _TABLES)}")
    if "questions" not in sheet.data:
        sheet.wrong((), "the questions of the application are missing: write at least one [[questions]]")
    said = _table(sheet, "program", PROGRAM, required=True)
    asked = read_questions(sheet, ("questions",), sheet.data.get("questions", []), QUESTION)
    variant_by = str(said.get("variant_by", ""))
    _check_variant_by(sheet, variant_by, asked)
    wishes = read_wishes(sheet, sheet.data.get("wishes", []), asked)
    return Program(
        name=said["name"],
        tagline=said["tagline"],
        contact=said["contact"],
        join=str(said.get("join", "")),
        variant_by=variant_by,
        plan=_plan(sheet),
        rhythm=_rhythm(sheet),
        checkins=_checkins(sheet),
        pool=_pool(sheet, wishes),
        questions=tuple(asked.questions.values()),
        wishes=wishes,
        columns=_columns(sheet),
        site=Site(**_table(sheet, "site", SITE)),
        certificates=Certificates(**_table(sheet, "certificates", CERTIFICATES)),
    )


def _table(sheet: Sheet, name: str, keys: Collection[Key], required: bool = False) -> dict[str, Any]:
    if name in sheet.data:
        return read_table(sheet, (name,), sheet.data[name], keys)
    if required:
        sheet.wrong((), f"the table [{name}] is missing")
    return {key.name: key.blank for key in keys if key.required}


def _check_variant_by(sheet: Sheet, name: str, asked: Asked) -> None:
    here = ("program", "variant_by")
    if name and name not in asked.names:
        sheet.wrong(here, f"`variant_by` names no question: `{name}`{suggestion(name, asked.names)}")
    elif name in asked.questions and asked.questions[name].kind is not QuestionKind.CHOICE:
        sheet.wrong(here, f"`variant_by` needs a question of the kind `choice`; `{name}` is another")


def _plan(sheet: Sheet) -> RoundPlan:
    plan = RoundPlan(**_table(sheet, "round", ROUND))
    if plan.applications_close_days_before >= plan.applications_open_days_before:
        text = "applications must open before they close: `applications_open_days_before` must be the larger number"
        sheet.wrong(("round", "applications_close_days_before"), text)
    return plan


def _rhythm(sheet: Sheet) -> Rhythm:
    rhythm = Rhythm(**_table(sheet, "rhythm", RHYTHM))
    here = ("rhythm", "daytime")
    if not rhythm.daytime:
        sheet.wrong(here, "`daytime` needs at least one window")
        return rhythm
    for position, (begin, end) in enumerate(rhythm.daytime):
        if _length(begin, end) < SHORTEST_DAYTIME:
            sheet.wrong((*here, position), f"{begin:%H:%M} to {end:%H:%M} is too short: a window has 8 hours at least")
        if position and not (begin <= rhythm.daytime[position - 1][0] and rhythm.daytime[position - 1][1] <= end):
            sheet.wrong((*here, position), "this window must hold the whole of the one before it")
    widest = rhythm.daytime[-1]
    if not widest[0] <= rhythm.hour <= widest[1]:
        sheet.wrong(("rhythm", "hour"), f"`hour` {rhythm.hour:%H:%M} lies outside `daytime`")
    return rhythm


def _length(begin: time, end: time) -> timedelta:
    return timedelta(hours=end.hour - begin.hour, minutes=end.minute - begin.minute)


def _checkins(sheet: Sheet) -> Checkins:
    values = _table(sheet, "checkins", CHECKINS)
    if "paces" in values:
        values["paces"] = _paces(sheet, values["paces"])
    checkins = Checkins(**values)
    if checkins.arrival_case_hours <= checkins.arrival_ask_hours:
        text = "the case comes after the private ask: `arrival_case_hours` must be the larger number"
        sheet.wrong(("checkins", "arrival_case_hours"), text)
    known = [pace.value for pace in checkins.paces]
    if checkins.default_pace not in known:
        hint = suggestion(checkins.default_pace, known)
        sheet.wrong(("checkins", "default_pace"), f"`default_pace` is no pace: `{checkins.default_pace}`{hint}")
    return checkins


def _paces(sheet: Sheet, raw: object) -> tuple[Pace, ...]:
    paces: list[Pace] = []
    where = ("checkins", "paces")
    for position, row in enumerate(rows(sheet, where, raw)):
        values = read_table(sheet, (*where, position), row, PACE)
        pace = Pace(**values)
        for key, given, taken in (
            ("value", pace.value, [other.value for other in paces]),
            ("label", pace.label.casefold(), [other.label.casefold() for other in paces]),
        ):
            if given and given in taken:
                sheet.wrong((*where, position, key), f"there is a pace with this `{key}` already")
        paces.append(pace)
    if not paces:
        sheet.wrong(where, "there must be at least one pace")
    return tuple(paces)


def _pool(sheet: Sheet, wishes: Collection[Wish]) -> Pool:
    pool = Pool(**_table(sheet, "pool", POOL))
    known = [wish.name for wish in wishes]
    for position, name in enumerate(pool.must_meet):
        if name not in known:
            text = f"`must_meet` names no wish: `{name}`{suggestion(name, known)}"
            sheet.wrong(("pool", "must_meet", position), text)
    return pool


def _columns(sheet: Sheet) -> ImportColumns | None:
    if "import" not in sheet.data:
        return None
    return ImportColumns(**_table(sheet, "import", IMPORT))
