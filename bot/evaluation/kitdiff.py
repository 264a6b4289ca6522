"""Suggested changes to a kit as a diff of its files, for `git apply` or `patch -p1`. Comments and order stay. Pure.

It is a plain diff, in which a file that is called otherwise goes and comes anew: one with git's own headings would be
taken from the top of a repository, and silently do nothing in a kit's folder further down.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import unified_diff
from typing import Any

from bot.evaluation.suggestions import OtherPace, Suggestion, TopicLater, TopicOut, WishEarlier
from topics.discussion import FILE_NAME
from topics.lines import Path as Where
from topics.lines import find_lines

PROGRAM, SURVEYS = "program.toml", "surveys.toml"
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_NOWHERE = "/dev/null"
_BOM = "\ufeff"


class CannotWrite(Exception):
    """A change that the files do not allow to be written. The text says which file, and what to do by hand."""


def kit_diff(suggestions: Sequence[Suggestion], files: Mapping[str, str]) -> str:
    """The diff of a kit's files (their texts by name, line ends as they are); empty where nothing is suggested.

    What it gives is read again before it is handed out: it differs in what was suggested, and in nothing else.
    Raises CannotWrite.
    """
    changed = dict(files)
    for one in suggestions:
        match one:
            case WishEarlier():
                changed[PROGRAM] = _ordered(changed[PROGRAM], one.order)
            case OtherPace():
                changed[PROGRAM] = _with_pace(changed[PROGRAM], one.value)
            case TopicOut() if SURVEYS in changed:
                changed[SURVEYS] = _without_option(changed[SURVEYS], one.slug)
            case TopicOut() | TopicLater():
                pass
    renames = _new_names(suggestions, files)
    parts = [_edit(name, files[name], changed[name]) for name in sorted(files) if files[name] != changed[name]]
    for old, new in sorted(renames.items()):
        parts.append(_hunks(files[old], "", f"a/{old}", _NOWHERE))
        parts += [_hunks("", files[old], _NOWHERE, f"b/{new}")] if new else []
    return "".join(parts)


def _ordered(text: str, order: Sequence[str]) -> str:
    """The text with its `[[wishes]]` in that order; each takes the comments right above its heading along."""
    data, lines = _parsed(text), _lines(text)
    names = [wish["name"] for wish in data["wishes"]]
    wanted = {**data, "wishes": sorted(data["wishes"], key=lambda wish: order.index(wish["name"]))}
    known = find_lines(text.removeprefix(_BOM)).keys
    heads = [known[("wishes", n)] - 1 for n in range(len(names))]
    headings = [line - 1 for path, line in known.items() if _is_table(data, path) and _opens(lines[line - 1])]
    blocks: dict[str, tuple[int, int]] = {}
    for name, head in zip(names, heads, strict=True):
        after = min((line for line in headings if line > head), default=len(lines))
        last = max(line for line in range(head, after) if _has_value(lines[line]))
        blocks[name] = (_with_comments(lines, head), last + 1)
    # The blocks change places; whatever stands between them stays where it is.
    places = [blocks[name] for name in names]
    result, at = list[str](), 0
    for (begin, end), name in zip(places, order, strict=True):
        own_begin, own_end = blocks[name]
        result += [*lines[at:begin], *_ended(lines[own_begin:own_end], lines)]
        at = end
    return _checked("".join([*result, *lines[at:]]), wanted, "the order of the [[wishes]]")


def _is_table(data: Any, path: Where) -> bool:
    for step in path:
        data = data[step]
    return isinstance(data, dict)


def _opens(line: str) -> bool:
    return line.lstrip().startswith("[")


def _has_value(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _with_comments(lines: Sequence[str], head: int) -> int:
    """Where a block begins: at the comments right above its heading, if an empty line is above them."""
    begin = head
    while begin and lines[begin - 1].lstrip().startswith("#"):
        begin -= 1
    return begin if begin == 0 or not lines[begin - 1].strip() else head


def _ended(block: Sequence[str], lines: Sequence[str]) -> list[str]:
    """The block with a line end after its last line, which may have been the file's last."""
    ends = "\r\n" if lines[0].endswith("\r\n") else "\n"
    return [*block[:-1], block[-1] if block[-1].endswith("\n") else block[-1] + ends]


def _with_pace(text: str, value: str) -> str:
    """The text with another rhythm to begin with, whether or not it said one before."""
    wanted = _parsed(text)
    had = "default_pace" in wanted.get("checkins", {})
    written = "checkins" in wanted
    wanted.setdefault("checkins", {})["default_pace"] = value
    lines, known = _lines(text), find_lines(text.removeprefix(_BOM)).keys
    ends = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if had:
        number = known["checkins", "default_pace"] - 1
        lines[number] = re.sub(r"(default_pace\s*=\s*)(\"[^\"]*\"|'[^']*')", rf'\g<1>"{value}"', lines[number], count=1)
    else:
        at = next((n for n, line in enumerate(lines) if re.match(r"\s*\[\s*checkins\s*\]", line)), None)
        if at is not None:
            lines.insert(at + 1, f'default_pace = "{value}"{ends}')
        elif not written or not any(re.match(r"\s*checkins\s*[.=]", line) for line in lines):
            lines += [] if not lines or lines[-1].endswith("\n") else [ends]
            lines += [ends, f"[checkins]{ends}", f'default_pace = "{value}"{ends}']
    return _checked("".join(lines), wanted, f'`default_pace = "{value}"` in [checkins]')


def _without_option(text: str, slug: str) -> str:
    """The text without the option for a topic that is left out; unchanged where it does not stand on a line of its own.

    An option that stays does no harm: nobody will have a reason to choose it.
    """
    wanted, lines = _parsed(text), _lines(text)
    known = find_lines(text.removeprefix(_BOM)).keys
    away: set[int] = set()
    for n, survey in enumerate(wanted.get("surveys", [])):
        for m, question in enumerate(survey.get("questions", [])):
            options = question.get("options", [])
            mine = [
                k for k, one in enumerate(options) if one == slug or (isinstance(one, dict) and one["value"] == slug)
            ]
            if question.get("name") == "topics" and len(options) > len(mine) + 1:
                away |= {known["surveys", n, "questions", m, "options", k] - 1 for k in mine}
                question["options"] = [one for k, one in enumerate(options) if k not in mine]
    result = "".join(line for number, line in enumerate(lines) if number not in away)
    try:
        return result if _parsed(result) == wanted else text
    except ValueError:
        return text


def _new_names(suggestions: Sequence[Suggestion], files: Mapping[str, str]) -> dict[str, str]:
    """The topic files that are called otherwise, by their names now; an empty name for one that goes."""
    names = sorted(name for name in files if FILE_NAME.fullmatch(name))
    out = {one.slug for one in suggestions if isinstance(one, TopicOut)}
    later = {one.slug for one in suggestions if isinstance(one, TopicLater)}
    if not out and not later:
        return {}
    *before, last = names
    kept = [name for name in before if name[3:-3] not in out | later]
    moved = [name for name in before if name[3:-3] in later]
    order = [*kept, *moved, last]
    new = {name: f"{number:02}-{name[3:]}" for number, name in enumerate(order, start=1)}
    return {name: new.get(name, "") for name in names if new.get(name) != name}


def _parsed(text: str) -> dict[str, Any]:
    return deepcopy(tomllib.loads(text.removeprefix(_BOM)))


def _checked(text: str, wanted: Mapping[str, Any], what: str) -> str:
    try:
        right = _parsed(text) == wanted
    except ValueError:
        right = False
    if not right:
        raise CannotWrite(f"{PROGRAM} is written in a way in which {what} has to be changed by hand.")
    return text


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)


def _edit(name: str, old: str, new: str) -> str:
    return _hunks(old, new, f"a/{name}", f"b/{name}")


def _hunks(old: str, new: str, old_name: str, new_name: str) -> str:
    return "".join(_marked(unified_diff(_lines(old), _lines(new), old_name, new_name)))


def _marked(lines: Iterator[str]) -> Iterator[str]:
    """The lines of a diff; what has no line end in its file is marked, as `patch` wants it."""
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
