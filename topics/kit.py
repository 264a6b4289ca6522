"""Loads a kit from its folder, and checks it: every mistake is named with its file and line, all of them at once."""

import os
from pathlib import Path

from topics.discussion import FILE_NAME, read_topics
from topics.model import Kit
from topics.problems import Findings, KitError, Problem, listed, suggestion
from topics.program import read_program
from topics.sheet import read_sheet, read_text
from topics.stories import read_story
from topics.surveys import read_surveys
from topics.texts import BASE, check_no_placeholders, check_own, read_base, read_texts

__all__ = ["KitError", "Problem", "base_texts", "built_in_kits", "check_kit", "find_kit", "load_kit"]

PROGRAM, SURVEYS, STORIES, TEXTS = "program.toml", "surveys.toml", "stories.toml", "texts.toml"
PAGES = ("welcome.md", "guidance.md", "conduct.md")
_NOT_OURS = "readme.md"


def load_kit(path: Path, base: Path = BASE) -> Kit:
    """The kit in that folder, with its own texts in place of those in the folder `base`.

    Raises KitError with everything that is wrong.
    """
    findings = Findings()
    kit = _read(path, base, findings)
    if findings or kit is None:
        raise KitError(findings.all())
    return kit


def check_kit(path: Path, base: Path = BASE) -> tuple[Problem, ...]:
    """Everything that is wrong with the kit in that folder, by file and line; nothing when it can be used."""
    findings = Findings()
    _read(path, base, findings)
    return findings.all()


def built_in_kits() -> tuple[str, ...]:
    """The names of the kits that come with the distribution."""
    folders = (file.parent for file in Path(__file__).parent.glob(f"*/{PROGRAM}"))
    return tuple(sorted(folder.name for folder in folders if folder != BASE))


def find_kit(name_or_path: str) -> Path:
    """The folder of a built-in kit by its name, or of any kit by its path. Raises KitError where there is none."""
    if name_or_path in built_in_kits():
        return Path(__file__).parent / name_or_path
    path = Path(name_or_path)
    if name_or_path.strip() and path.is_dir():
        return path
    known = built_in_kits()
    hint = suggestion(name_or_path, known) or f": the built-in kits are {listed(known)}"
    raise KitError([Problem(name_or_path or "kit", 1, f"there is no kit of this name, and no such folder{hint}")])


def base_texts(base: Path = BASE) -> dict[str, str]:
    """The sentences that every program says, by key. Raises KitError where one is no valid template."""
    findings = Findings()
    texts = read_base(base, findings)
    if findings:
        raise KitError(findings.all())
    return texts


def _read(path: Path, base: Path, findings: Findings) -> Kit | None:
    """The kit as far as it can be read; None where no program is there to speak of."""
    if not _is_kit(path, findings):
        return None
    sheet = read_sheet(path / PROGRAM, findings)
    program = read_program(sheet) if sheet else None
    pages = [_read_page(path / page, findings) for page in PAGES]
    surveys = read_sheet(path / SURVEYS, findings) if (path / SURVEYS).exists() else None
    stories = read_sheet(path / STORIES, findings) if (path / STORIES).exists() else None
    said = _read_all_texts(path, base, findings)
    _check_names(path, findings)
    if program is None:
        return None
    return Kit(
        slug=path.resolve().name,
        name=program.name,
        tagline=program.tagline,
        contact=program.contact,
        join=program.join,
        plan=program.plan,
        rhythm=program.rhythm,
        checkins=program.checkins,
        pool=program.pool,
        questions=program.questions,
        wishes=program.wishes,
        topics=read_topics(path, program.variant_by, program.variants, findings),
        surveys=read_surveys(surveys) if surveys else (),
        texts=said,
        welcome=pages[0],
        guidance=pages[1],
        conduct=pages[2],
        variant_by=program.variant_by,
        columns=program.columns,
        story=read_story(stories) if stories else (),
        site=program.site,
        certificates=program.certificates,
        theme=(read_text(path / program.site.theme, findings) or "") if program.site.theme else "",
    )


def _is_kit(path: Path, findings: Findings) -> bool:
    if not path.is_dir():
        findings.add(str(path), 1, "there is no such folder" if not path.exists() else "a kit is a folder, not a file")
    elif not os.access(path, os.R_OK | os.X_OK):
        findings.add(str(path), 1, "this folder cannot be read: its permissions forbid it")
    elif not any(path.iterdir()):
        findings.add(str(path), 1, f"this folder is empty: a kit begins with a file {PROGRAM}")
    else:
        return True
    return False


def _read_page(path: Path, findings: Findings) -> str:
    text = read_text(path, findings)
    if text is None:
        return ""
    if not text.strip():
        findings.add(str(path), 1, "this file is empty")
    check_no_placeholders(str(path), text, findings)
    return text.strip()


def _read_all_texts(path: Path, base: Path, findings: Findings) -> dict[str, str]:
    common = read_base(base, findings)
    own = read_texts(path / TEXTS, findings)
    check_own(own, common)
    return {**common, **own.templates}


def _check_names(path: Path, findings: Findings) -> None:
    """Note files that look as if they belonged to the kit but would never be read."""
    known = (PROGRAM, SURVEYS, STORIES, TEXTS, *PAGES)
    for file in sorted(path.iterdir()):
        if file.suffix.lower() not in (".md", ".toml") or file.name in known or FILE_NAME.fullmatch(file.name):
            continue
        if file.name.lower() != _NOT_OURS:
            hint = suggestion(file.name, known) or ": topics are named like 01-first-words.md, in small letters"
            findings.add(str(file), 1, f"nothing reads a file of this name{hint}")
