"""The little Markdown of messages, read: blocks (paragraphs, headings, items of lists) that consist of runs."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

Style = str
"""A style is named by Slack's sign for it."""
BOLD, ITALIC = "*", "_"
_STYLES = {"strong": BOLD, "em": ITALIC}
_LONGEST_LINK = 2_500
"""Characters that a link with its label may take in a section, at the worst; a longer one is shown as words."""
_UNWANTED = ["image", "html_block", "html_inline", "autolink", "reference", "code"]
# Outside text may begin with spaces, which are to make no code of it: therefore no `code`.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_UNWANTED)

_SENTENCE = re.compile(r"[.!?…。！？][\"')\]]*\s")
_JOIN, _VARIANTS = "\u200d", "\ufe0e\ufe0f"
"""What joins two emoji to one, and what chooses how one is shown."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style: exactly the characters to be shown. `styles` are in the order in which they were opened."""

    text: str
    styles: tuple[Style, ...] = ()
    url: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading (`level` above 0), or an item of a list.

    `first` stands before its first line and `rest` before the others (`> `, `• `); `gap` between it and what is before.
    """

    runs: tuple[Run, ...]
    level: int = 0
    first: str = ""
    rest: str = ""
    gap: str = "\n\n"

    @property
    def words(self) -> str:
        """The characters of all runs."""
        return "".join(run.text for run in self.runs)


def safe_url(url: str) -> bool:
    """Whether a link may be followed: http and https with a host, nothing else."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def read(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text."""
    return tuple(block for block in _Reader().blocks(_MARKDOWN.parse(markdown)) if block.words.strip())


class _Reader:
    """Goes through the tokens of a text. `_marks` are the quotes and lists that it is in, the outermost first."""

    def __init__(self) -> None:
        self._marks: list[tuple[str, str]] = []
        self._numbers: list[int | None] = []
        self._fresh = False

    def blocks(self, tokens: Sequence[Token]) -> Iterator[Block]:
        level = 0
        for token in tokens:
            match token.type:
                case "heading_open":
                    level = int(token.tag[1:])
                case "blockquote_open":
                    self._marks.append(("> ", "> "))
                case "bullet_list_open":
                    self._numbers.append(None)
                case "ordered_list_open":
                    self._numbers.append(int(token.attrs.get("start", 1)))
                case "list_item_open":
                    self._item()
                case "blockquote_close" | "list_item_close":
                    self._marks.pop()
                case "bullet_list_close" | "ordered_list_close":
                    self._numbers.pop()
                case "inline":
                    yield self._block(tuple(_runs(token.children or [])), level)
                    level = 0
                case "fence" | "code_block":
                    yield self._block((Run(token.content.rstrip("\n"), code=True),), 0)
                case "hr":
                    yield self._block((Run("———"),), 0)
                case _:
                    pass

    def _item(self) -> None:
        number = self._numbers[-1]
        depth = sum(1 for first, _ in self._marks if first != "> ")
        mark = ("• " if depth == 0 else "◦ ") if number is None else f"{number}. "
        self._marks.append((mark, "    "))
        self._fresh = True
        if number is not None:
            self._numbers[-1] = number + 1

    def _block(self, runs: tuple[Run, ...], level: int) -> Block:
        """A block with the marks of where it stands. Only the first block of an item bears the item's mark."""
        rest = "".join(rest for _, rest in self._marks)
        first = "".join(rest for _, rest in self._marks[:-1]) + self._marks[-1][0] if self._marks else ""
        block = Block(runs, level, first if self._fresh else rest, rest, "\n" if self._fresh else "\n\n")
        self._fresh = False
        return block


def _runs(tokens: Sequence[Token]) -> Iterator[Run]:
    """The runs of one block, neighbours of the same style made one."""
    waiting: Run | None = None
    for run in _raw_runs(tokens):
        if waiting and (run.styles, run.url, run.code) == (waiting.styles, waiting.url, waiting.code):
            waiting = replace(waiting, text=waiting.text + run.text)
            continue
        if waiting:
            yield from _linked(waiting)
        waiting = run
    if waiting:
        yield from _linked(waiting)


def _raw_runs(tokens: Sequence[Token]) -> Iterator[Run]:
    styles: list[Style] = []
    url, around = "", 0
    for token in tokens:
        # In Slack a style within itself would end it, and a link has styles only around it.
        now = tuple(dict.fromkeys(styles[:around] if url else styles))
        if token.tag in _STYLES:
            if token.nesting > 0:
                styles.append(_STYLES[token.tag])
            else:
                styles.pop()
        elif token.type == "link_open":
            url, around = str(token.attrs.get("href", "")), len(styles)
        elif token.type == "link_close":
            url = ""
        elif token.type in ("softbreak", "hardbreak"):
            yield Run(" " if url else "\n", now, url)
        elif token.content:
            yield Run(token.content, now, url, token.type == "code_inline" and not url)


def _linked(run: Run) -> Iterator[Run]:
    """The run; or its words with the address behind them, if it is a link that nobody is to follow from here."""
    # Escaping makes five characters of one `&`.
    longest = len(run.url) + 4 * run.url.count("&") + 5 * len(run.text)
    if not run.url or (safe_url(run.url) and run.text.strip() and longest <= _LONGEST_LINK):
        yield run
    else:
        yield Run(run.text if run.text == run.url else f"{run.text} ({run.url})", run.styles)


def cut(block: Block, at: int) -> tuple[Block, Block]:
    """The block in two parts, the first with `at` characters or a few less. No link is taken apart, no accent lost."""
    at = _whole(block, _good_end(block.words, at))
    left: list[Run] = []
    right: list[Run] = []
    passed = 0
    for run in block.runs:
        here = min(max(0, at - passed), len(run.text))
        passed += len(run.text)
        if here:
            left.append(replace(run, text=run.text[:here]))
        if here < len(run.text):
            right.append(replace(run, text=run.text[here:]))
    return replace(block, runs=tuple(left)), replace(block, runs=_stripped(right), first=block.rest, gap="\n")


def _good_end(words: str, at: int) -> int:
    """Where to end a text of at most `at` characters: at a line's end, a sentence's, a word's."""
    part = words[:at]
    if (end := part.rfind("\n") + 1) > at // 2:
        return end
    if (end := max((found.end() for found in _SENTENCE.finditer(part)), default=0)) > at // 2:
        return end
    return max(part.rfind(" ") + 1, part.rfind("\n") + 1) or at


def _whole(block: Block, at: int) -> int:
    """The end moved forward, so that a link stays whole, and accents and joined signs stay with what they belong to."""
    start = 0
    for run in block.runs:
        if run.url and start < at < start + len(run.text):
            return start or len(run.text)
        start += len(run.text)
    words, end = block.words, at
    while 1 < end < len(words) and (_clings(words[end]) or words[end - 1] == _JOIN):
        end -= 1
    return end if end > 1 else at


def _clings(char: str) -> bool:
    return char in (_JOIN, *_VARIANTS) or unicodedata.combining(char) > 0


def _stripped(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The runs without white space at their beginning."""
    found = list(runs)
    while found and not found[0].text.strip():
        found.pop(0)
    return (replace(found[0], text=found[0].text.lstrip()), *found[1:]) if found else ()
