"""Reads a form tool's CSV export: no row is dropped in silence."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.program.form_cells import Answer, Cell, Order, cell_reader, first_in_dates, read_place, read_timestamp, shown
from bot.program.form_file import FormError, Record, Sheet, read_sheet, same_heading
from bot.world.names import clean_email, clean_name
from topics.model import Kit, Question, QuestionKind
from topics.outside import ImportColumns

__all__ = ["FormError", "FormRead", "FormRow", "RowProblem", "eligibility", "in_window", "latest", "read_form"]


@dataclass(frozen=True, slots=True)
class FormRow:
    """One application as it stands in the file.

    `line` is the line on which it starts (1 is the first), `at` when it was sent (UTC), `email` the cleaned address.
    `answers` are stored as `QuestionKind` says, by question; what was not answered is left out. `raw` holds the cells
    by heading. `problems` are the oddities of this row, as in `FormRead.problems`.
    """

    line: int
    at: datetime
    email: str
    name: str
    answers: Mapping[str, Answer]
    raw: Mapping[str, str]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong or odd with the row that starts on `line`, and whether the row is used all the same."""

    line: int
    reason: str
    used: bool = False


@dataclass(frozen=True, slots=True)
class FormRead:
    """The rows that can be used, in the order of the file, and all problems, by line."""

    rows: tuple[FormRow, ...]
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which column holds what: column numbers of the fixed columns and of the questions, and how dates are written."""

    columns: ImportColumns
    headings: tuple[str, ...]
    timestamp: int
    name: int
    email: int
    questions: Mapping[str, int]
    readers: Mapping[str, Callable[[str], Cell]]
    order: Order


def read_form(data: bytes, kit: Kit) -> FormRead:
    """The applications in a CSV export, read by the kit's import columns and the columns of its questions.

    Raises FormError, with a sentence for the coordinator, where the file as a whole cannot be read (see `read_sheet`),
    a column is missing or there twice, or the kit does not say how to read exports.
    """
    columns = kit.columns
    if columns is None:
        raise FormError("This kit does not say how to read a form export: add an [import] table to its program.toml.")
    expected = [columns.timestamp, columns.name, columns.email, *(q.column for q in kit.questions if q.column)]
    sheet = read_sheet(data, expected)
    layout = _layout(sheet, kit, columns, expected)
    rows: list[FormRow] = []
    problems: list[RowProblem] = []
    for record in sheet.records:
        row = _row(record, kit, layout)
        if isinstance(row, FormRow):
            rows.append(row)
            problems += [RowProblem(row.line, reason, used=True) for reason in row.problems]
        else:
            problems.append(row)
    return FormRead(tuple(rows), tuple(problems))


def latest(rows: Iterable[FormRow]) -> tuple[tuple[FormRow, ...], tuple[FormRow, ...]]:
    """Of each person's submissions the latest, and those it replaces, both in the order of the file.

    One address is one person. Of two submissions of the same time the one further down counts.
    """
    ordered = sorted(rows, key=lambda row: (row.at, row.line))
    winners = {row.email: row.line for row in ordered}
    in_order = sorted(ordered, key=lambda row: row.line)
    kept = tuple(row for row in in_order if winners[row.email] == row.line)
    return kept, tuple(row for row in in_order if winners[row.email] != row.line)


def eligibility(kit: Kit, answers: Mapping[str, str | Sequence[str]], *, complete: bool = False) -> str | None:
    """Why these answers rule a person out: the reason of the first question whose `must` they fail, or None.

    In the middle of a conversation a question that was not asked yet rules nobody out. A `complete` application must
    answer every required question that has a `must`; a form's consent is among the answers of its rows.
    """
    for question in kit.questions:
        if not question.must or not _asked(question, answers):
            continue
        answer = answers.get(question.name)
        if not answer:
            if complete and question.required:
                return question.otherwise
            continue
        given = (answer,) if isinstance(answer, str) else answer
        if not set(given) & set(question.must):
            return question.otherwise
    return None


def in_window(at: datetime, opens: date, closes: date) -> bool:
    """Whether a moment lies within the application window: both dates are inclusive UTC days."""
    return opens <= at.astimezone(UTC).date() <= closes


def _layout(sheet: Sheet, kit: Kit, columns: ImportColumns, expected: Sequence[str]) -> _Layout:
    found = [same_heading(heading) for heading in sheet.headings]
    missing = [heading for heading in dict.fromkeys(expected) if same_heading(heading) not in found]
    if missing:
        there = ", ".join(shown(heading) for heading in sheet.headings[:30])
        raise FormError(
            f"{_counted(missing)}: {', '.join(shown(heading) for heading in missing)}. "
            f"The headings found are: {there}. Rename the columns, or name yours in the kit."
        )
    double = [heading for heading in dict.fromkeys(expected) if found.count(same_heading(heading)) > 1]
    if double:
        raise FormError(f"The heading {shown(double[0])} is there twice, so it is not clear which column counts.")
    timestamp = found.index(same_heading(columns.timestamp))
    stamps = [record.cells[timestamp] for record in sheet.records if len(record.cells) > timestamp]
    return _Layout(
        columns,
        sheet.headings,
        timestamp,
        found.index(same_heading(columns.name)),
        found.index(same_heading(columns.email)),
        {q.name: found.index(same_heading(q.column)) for q in kit.questions if q.column},
        {q.name: cell_reader(q, columns.separator) for q in kit.questions if q.column},
        first_in_dates(stamps),
    )


def _counted(missing: Sequence[str]) -> str:
    return "One column is missing" if len(missing) == 1 else f"{len(missing)} columns are missing"


def _row(record: Record, kit: Kit, layout: _Layout) -> FormRow | RowProblem:
    """The application of one record, or the reason why it cannot be used."""
    width = len(layout.headings)
    cells = record.cells
    if record.broken:
        return RowProblem(record.line, record.broken)
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        return RowProblem(record.line, f"it has {len(cells)} cells where the heading has {width}")
    email = clean_email(cells[layout.email])
    if email is None:
        text = cells[layout.email]
        reason = f"{shown(text)} is no e-mail address" if text.strip() else "no e-mail address given"
        return RowProblem(record.line, reason)
    stamp = cells[layout.timestamp]
    at = read_timestamp(stamp, layout.columns.zone, layout.order)
    if at is None:
        reason = f"{shown(stamp)} is no clear date and time (write it as 2026-07-01 09:30:00)"
        return RowProblem(record.line, reason if stamp.strip() else "no date and time given")
    name = clean_name(cells[layout.name])
    answers, problems = _answers(cells, kit, layout)
    raw = dict(zip(layout.headings, cells, strict=False))
    return FormRow(record.line, at, email, name, answers, raw, (*(() if name else ("no name given",)), *problems))


def _answers(cells: Sequence[str], kit: Kit, layout: _Layout) -> tuple[dict[str, Answer], list[str]]:
    """All answers of one row, and what was odd about them."""
    answers: dict[str, Answer] = {}
    problems: list[str] = []
    country, zone = kit.question_of_kind(QuestionKind.COUNTRY), kit.question_of_kind(QuestionKind.ZONE)
    here = read_place(_cell(cells, country, layout), _cell(cells, zone, layout))
    places = {q.name: cell for q, cell in zip((country, zone), here, strict=True) if q and (q.column or q is zone)}
    for question in kit.questions:
        if not _asked(question, answers):
            continue
        read = places.get(question.name) or _read(question, cells, layout)
        if read.answer is not None:
            answers[question.name] = read.answer
        problems += read.problems
    return answers, problems


def _read(question: Question, cells: Sequence[str], layout: _Layout) -> Cell:
    if question.column:
        return layout.readers[question.name](_cell(cells, question, layout))
    agreed = layout.columns.consent_given and question.must
    return Cell(question.must[0] if agreed else None)


def _cell(cells: Sequence[str], question: Question | None, layout: _Layout) -> str:
    return cells[layout.questions[question.name]] if question and question.column else ""


def _asked(question: Question, answers: Mapping[str, str | Sequence[str]]) -> bool:
    """Whether a question is asked at all, after these answers."""
    if question.only_if is None:
        return True
    earlier, wanted = question.only_if
    given = answers.get(earlier, ())
    return bool(set((given,) if isinstance(given, str) else given) & set(wanted))
