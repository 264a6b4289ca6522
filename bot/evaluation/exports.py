"""What is handed out about rounds, as texts of files: tables, JSON, and the data set with its dictionary. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from random import Random
from typing import Any

from bot.evaluation.cells import csv_text
from bot.evaluation.dataset import SCALE, DataSet, data_set, dictionary
from bot.evaluation.disclosure import LEAST
from bot.evaluation.figures import (
    FINDINGS_HEADING,
    HEADING,
    RANKING_HEADING,
    figures,
    finding_rows,
    ranking_rows,
)
from bot.evaluation.findings import Evaluation
from bot.evaluation.history import RoundHistory
from topics.model import Kit

NAMES = (
    *("figures.csv", "figures.json", "findings.csv", "topics.csv"),
    *("dataset.csv", "dataset.json", "dictionary.csv", "dictionary.md"),
)
"""Every file that there can be."""
DICTIONARY = ("name", "meaning", "unit", "values", "missing")


def export_files(
    histories: Sequence[RoundHistory], kit: Kit, evaluation: Evaluation | None, random: Random
) -> Mapping[str, str]:
    """The files of an export by name. Without an evaluation, findings and ranking are left out; so is a data set
    where no round has five people.

    `random` gives the order of the data set's rows, and must not be seeded with anything that is kept.
    """
    numbers = figures(histories)
    whole: dict[str, Any] = {"program": kit.name, "figures": [asdict(figure) for figure in numbers]}
    files = {"figures.csv": csv_text(HEADING, [tuple(asdict(figure).values()) for figure in numbers])}
    if evaluation is not None:
        found, ranked = finding_rows(evaluation), ranking_rows(evaluation)
        files["findings.csv"] = csv_text(FINDINGS_HEADING, found)
        files["topics.csv"] = csv_text(RANKING_HEADING, ranked)
        whole["findings"] = [dict(zip(FINDINGS_HEADING, row, strict=True)) for row in found]
        whole["topics"] = [dict(zip(RANKING_HEADING, row, strict=True)) for row in ranked]
    files["figures.json"] = _json(whole)
    rows = data_set(histories, kit, random)
    return {**files, **_data_files(rows, kit)} if rows is not None else files


def _data_files(found: DataSet, kit: Kit) -> Mapping[str, str]:
    about = dictionary(found, kit)
    rows = [dict(zip(found.heading, row, strict=True)) for row in found.rows]
    whole = {"round", *(column.name for column in found.columns if column.values == SCALE)}
    return {
        "dataset.csv": csv_text(found.heading, found.rows),
        "dataset.json": _json(
            [
                {name: int(value) if value and name in whole else value or None for name, value in row.items()}
                for row in rows
            ]
        ),
        "dictionary.csv": csv_text(DICTIONARY, about),
        "dictionary.md": _dictionary_page(found, kit, about),
    }


def _dictionary_page(found: DataSet, kit: Kit, about: Sequence[Sequence[str]]) -> str:
    lines = [
        f"# {_md(kit.name)}: data set",
        "",
        f"{len(found.rows):,} rows in `dataset.csv` and `dataset.json`: each is one applicant in one round. "
        "An empty cell (`null`) has no value; the last column says why.",
        "",
        "| " + " | ".join(DICTIONARY) + " |",
        "|" + "---|" * len(DICTIONARY),
        *("| " + " | ".join(_md(cell) for cell in row) + " |" for row in about),
        "",
        "## What was done so that nobody can be singled out",
        "",
        f"- For every round, place and type there are at least {LEAST} rows ({found.groups} groups; k-anonymity with "
        f"k = {LEAST}). Small ones were made coarser: a country became its part of the world, and that `elsewhere`; a "
        "type became `other`.",
        "- A place is told of all its people or of none. To make a group of `other` large enough, up to four people of "
        "a larger type of that place, chosen at random, are in it too.",
        f"- Rounds of fewer than {LEAST} people are left out. Rows are in random order; nothing tells who was whose "
        "partner, or who is in several rounds. Numbers are in bands, dates and texts are left out.",
        f"- In {found.alike} of {found.groups} groups, all whose satisfaction with the partnership is known gave the "
        "same answer. Whoever knows that somebody is in such a group, and answered, knows that answer: k-anonymity "
        "does not prevent this. Give the data set only to those who will not look for anybody.",
        "",
    ]
    return "\n".join(lines)


def _md(text: str) -> str:
    """Text that stays in its cell of a table, as it is written."""
    flat = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_|<>[]#" else sign for sign in flat)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
