"""Discussion topics: one Markdown file each, `NN-slug.md`, with its title in front and its parts below headings."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from topics.model import Question, Topic
from topics.problems import Findings, listed, suggestion
from topics.sheet import read_text

FILE_NAME = re.compile(r"(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
FEWEST_QUESTIONS, MOST_QUESTIONS = 3, 5

WHY, QUESTIONS, ACTIVITY = "Why it matters", "Questions", "Something to do or show"
VARIANTS, READING = "Variants", "Further reading"
NEEDED = (WHY, QUESTIONS, ACTIVITY)
SECTIONS = (*NEEDED, VARIANTS, READING)

_ITEM = re.compile(r"(?:[-*+]|\d{1,2}[.)])\s+(.*)")

Say = Callable[[int, str], None]
"""Notes a mistake on a line of the file."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What stands below one heading: the heading's words and line, and the lines that follow with their numbers."""

    heading: str
    line: int
    lines: tuple[tuple[int, str], ...]

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines).strip()


def read_topics(folder: Path, variant_by: str, variants: Question | None, findings: Findings) -> tuple[Topic, ...]:
    """Every topic of a kit in order.

    `variant_by` names the question whose answers select a variant; `variants` is that question, None where it is in no
    shape to be checked against.
    """
    files = sorted(path for path in folder.iterdir() if FILE_NAME.fullmatch(path.name))
    if not files:
        findings.add(str(folder / "program.toml"), 1, "the kit has no topics: write the first into 01-<name>.md")
    _check_numbers(files, findings)
    topics = (_read_topic(path, variant_by, variants, findings) for path in files)
    return tuple(topic for topic in topics if topic)


def _check_numbers(files: list[Path], findings: Findings) -> None:
    slugs: dict[str, str] = {}
    expected = 1
    for path in files:
        number, slug = int(path.name[:2]), path.stem[3:]
        if number != expected:
            text = "this number is taken" if number < expected else f"topic {expected:02} is missing before this one"
            findings.add(str(path), 1, f"{text}: number the topics 01, 02, 03 … without gaps")
        if slug in slugs:
            findings.add(str(path), 1, f"{slugs[slug]} has this name too: each topic needs its own")
        slugs.setdefault(slug, path.name)
        expected = max(expected, number + 1)


def _read_topic(path: Path, variant_by: str, variants: Question | None, findings: Findings) -> Topic | None:
    text = read_text(path, findings)
    if text is None:
        return None

    def say(line: int, words: str) -> None:
        findings.add(str(path), line, words)

    lines = list(enumerate(text.split("\n"), start=1))
    title, body = _front_matter(lines, say)
    parts = _sections(body, say)
    return Topic(
        number=int(path.name[:2]),
        slug=path.stem[3:],
        title=title,
        why=parts[WHY].text if WHY in parts else "",
        questions=_questions(parts.get(QUESTIONS), say),
        activity=parts[ACTIVITY].text if ACTIVITY in parts else "",
        variants=_variants(parts.get(VARIANTS), variant_by, variants, say),
        reading=_items(parts.get(READING), say),
    )


def _front_matter(lines: list[tuple[int, str]], say: Say) -> tuple[str, list[tuple[int, str]]]:
    """The title, and the lines below the front matter."""
    fences = [number for number, text in lines if text.rstrip() == "---"]
    if len(fences) < 2 or fences[0] != 1:
        say(1, "the file must begin with ---, a line `title: …`, and --- again")
        return "", lines
    source = "\n".join(text for _, text in lines[1 : fences[1] - 1])
    body = lines[fences[1] :]
    try:
        # PyYAML has no types.
        node = cast("object", yaml.compose(source, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType] - the library types none of its nodes
        data: object = yaml.safe_load(source)
    except (yaml.YAMLError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        say(
            mark.line + 2 if mark else 1,
            "the front matter is not valid: put the title in quotes if it has a colon or is a date",
        )
        return "", body
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        say(2, "the front matter must hold a line `title: …`")
        return "", body
    for key, _ in node.value:
        if key.value != "title":
            say(key.start_mark.line + 2, f"unknown key `{key.value}`: the front matter has only a `title`")
    title = cast("dict[object, object]", data).get("title")
    if not isinstance(title, str) or not title.strip():
        say(2, "the title is missing: write `title:` and words, a mere number in quotes")
        return "", body
    return " ".join(title.split()), body


def _split(lines: list[tuple[int, str]], marker: str) -> list[_Part]:
    """The lines by their headings of one level; the first part is what stands above any heading."""
    parts = [("", lines[0][0] if lines else 1, list[tuple[int, str]]())]
    for number, text in lines:
        if text.startswith(marker + " "):
            parts.append((text[len(marker) :].strip().rstrip("#").strip(), number, []))
        else:
            parts[-1][2].append((number, text))
    return [_Part(heading, line, tuple(below)) for heading, line, below in parts]


def _sections(body: list[tuple[int, str]], say: Say) -> dict[str, _Part]:
    """The parts of a topic by the names of `SECTIONS`."""
    first, *parts = _split(body, "##")
    for number, text in first.lines:
        if text.strip():
            say(number, f"nobody would see these words: put them below a heading, such as `## {WHY}`")
            break
    names = {name.casefold(): name for name in SECTIONS}
    found: dict[str, _Part] = {}
    for part in parts:
        name = names.get(part.heading.casefold())
        if name is None:
            hint = suggestion(part.heading, SECTIONS) or f": the headings are {listed(SECTIONS)}"
            say(part.line, f"unknown heading `{part.heading}`{hint}")
        elif name in found:
            say(part.line, f"the heading `{name}` is there twice")
        else:
            found[name] = part
            if not part.text:
                say(part.line, f"nothing stands below `## {name}`")
    for name in NEEDED:
        if name not in found:
            say(body[0][0] if body else 1, f"the part `## {name}` is missing")
    return found


def _questions(part: _Part | None, say: Say) -> tuple[str, ...]:
    items = _items(part, say)
    if part and part.text and not FEWEST_QUESTIONS <= len(items) <= MOST_QUESTIONS:
        say(part.line, f"a topic has {FEWEST_QUESTIONS} to {MOST_QUESTIONS} questions; this one has {len(items)}")
    return items


def _items(part: _Part | None, say: Say) -> tuple[str, ...]:
    """The items of a list, each as one line."""
    items: list[str] = []
    for number, text in part.lines if part else ():
        item = _ITEM.fullmatch(text.rstrip())
        if item:
            items.append(item.group(1).strip())
        elif text.startswith((" ", "\t")) and text.strip() and items:
            items[-1] += " " + text.strip()
        elif text.strip():
            say(number, "this part is a list: begin a line with `- `, or with spaces where it goes on")
    return tuple(items)


def _variants(part: _Part | None, variant_by: str, question: Question | None, say: Say) -> dict[str, str]:
    if part is None:
        return {}
    if not variant_by:
        say(part.line, "variants need `variant_by` in program.toml: the question whose answers select them")
    if question is None:
        return {}
    first, *parts = _split(list(part.lines), "###")
    if first.text:
        say(first.line, "nobody would see these words: put them below a heading `### <answer>`")
    values = {words.casefold(): option.value for option in question.options for words in (option.label, option.value)}
    found: dict[str, str] = {}
    for variant in parts:
        value = values.get(variant.heading.casefold())
        if value is None:
            hint = suggestion(variant.heading, values) or f": they are {listed(o.value for o in question.options)}"
            say(variant.line, f"`{variant.heading}` is no option of `{question.name}`{hint}")
        elif value in found:
            say(variant.line, f"there is a variant for `{value}` already")
        else:
            found[value] = variant.text
        if not variant.text:
            say(variant.line, f"nothing stands below `### {variant.heading}`")
    return found
