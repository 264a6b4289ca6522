"""What is given on the command line, read and checked: a sentence for whatever cannot be used."""

import os
from datetime import date
from pathlib import Path

from bot.cli.words import Refusal
from topics.kit import find_kit, load_kit
from topics.model import Kit

ODD = ("trio", "waitlist")
_YEARS = range(2000, 2101)
_MOST_WEEKS = 104


def read_file(path: Path) -> bytes:
    """The bytes of a file that somebody named. Raises Refusal when there is none."""
    if path.is_dir():
        raise Refusal(f"{path} is a folder. Name the CSV file inside it.")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refusal(f"There is no file {path}. Check its name and folder.") from None
    except OSError as problem:
        raise Refusal(f"{path} cannot be read: {reason(problem)}.") from None


def read_kit(name: str) -> Kit:
    """The kit of that name or folder. Raises KitError."""
    return load_kit(find_kit(name))


def a_date(text: str, option: str) -> date:
    """A date written YYYY-MM-DD. Raises Refusal for anything else."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refusal(f"{option} {text}: this is no date. Write it as YYYY-MM-DD, for example 2026-09-01.") from None
    if day.year not in _YEARS:
        raise Refusal(f"{option} {text}: the year must lie between {_YEARS[0]} and {_YEARS[-1]}.")
    return day


def a_share(share: float | None, option: str) -> float | None:
    """A share from 0 to 1. Raises Refusal for anything else."""
    if share is not None and not 0 <= share <= 1:
        raise Refusal(f"{option} {share:g}: a share lies between 0 and 1, for example 0.2; 0 means no limit.")
    return share


def a_number(number: int | None, option: str, low: int, high: int) -> int | None:
    """A whole number within limits. Raises Refusal for anything else."""
    if number is not None and not low <= number <= high:
        raise Refusal(f"{option} {number}: give a whole number from {low} to {high:,}.")
    return number


def some_weeks(weeks: int | None) -> int | None:
    """The length of a round. Raises Refusal for one that cannot be."""
    return a_number(weeks, "--weeks", 1, _MOST_WEEKS)


def odd_one(odd: str | None) -> str | None:
    """What happens to the odd one out. Raises Refusal for anything but `trio` and `waitlist`."""
    if odd is not None and odd not in ODD:
        raise Refusal(f"--odd {odd}: write trio (the odd one joins a pair) or waitlist (the odd one waits).")
    return odd


def out_folder(path: Path) -> Path:
    """A folder to write to, made or not. Raises Refusal when it could not be written to. Nothing is made yet."""
    nearest = next((folder for folder in (path, *path.absolute().parents) if folder.exists()), Path("/"))
    if not nearest.is_dir():
        raise Refusal(f"{nearest} is a file. Name a folder to write to.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise Refusal(f"{path} cannot be written to: you have no permission for {nearest}.")
    return path


def write_file(path: Path, text: str) -> None:
    """Write a file. Raises Refusal when that cannot be."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise Refusal(f"{path} cannot be written: {reason(problem)}.") from None


def reason(problem: OSError) -> str:
    """What the system says is wrong, as a part of a sentence."""
    text = problem.strerror or str(problem)
    return text[0].lower() + text[1:] if text else "no reason given"
