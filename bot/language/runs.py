"""The little Markdown of messages, read: blocks (paragraphs, headings, items of lists) that consist of runs.

An adapter writes them down again as its platform formats text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.language.markup import moment_in

Style = Literal["bold", "italic"]
BOLD: Style = "bold"
ITALIC: Style = "italic"
_STYLES: dict[str, Style] = {"strong": BOLD, "em": ITALIC}
_UNWANTED = ["image", "html_block", "html_inline", "autolink", "reference", "code"]
# Outside text may begin with spaces, which are to make no code of it: therefore no `code`.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_UNWANTED)


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one style: exactly the characters to be shown. `styles` are in the order in which they were opened."""

    text: str
    styles: tuple[Style, ...] = ()
    url: str = ""
    code: bool = False
    moment: int | None = None
    """The seconds since 1970 of a moment in time, whose words these are."""


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


@dataclass(frozen=True, slots=True)
class Marks:
    """What a platform puts before the lines of quotes and lists. `bullets` are those of outer and of inner lists."""

    quote: str = "> "
    bullets: tuple[str, str] = ("• ", "◦ ")
    indent: str = "    "


def safe_url(url: str) -> bool:
    """Whether a link may be followed: http and https with a host, nothing else."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


Fits = Callable[[Run], bool]
"""Whether a platform can show this run as a link."""


def read(markdown: str, fits: Fits, marks: Marks | None = None) -> tuple[Block, ...]:
    """The blocks of a text. A link that does not fit, or that nobody is to follow, is words with the address behind."""
    reader = _Reader(fits, marks or Marks())
    return tuple(block for block in reader.blocks(_MARKDOWN.parse(markdown)) if block.words.strip())


class _Reader:
    """Goes through the tokens of a text. `_marks` are the quotes and lists that it is in, the outermost first."""

    def __init__(self, fits: Fits, marks: Marks) -> None:
        self._fits = fits
        self._signs = marks
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
                    self._marks.append((self._signs.quote, self._signs.quote))
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
                    yield self._block(tuple(_runs(token.children or [], self._fits)), level)
                    level = 0
                case "fence" | "code_block":
                    yield self._block((Run(token.content.rstrip("\n"), code=True),), 0)
                case "hr":
                    yield self._block((Run("———"),), 0)
                case _:
                    pass

    def _item(self) -> None:
        number = self._numbers[-1]
        outer, inner = self._signs.bullets
        depth = sum(1 for first, _ in self._marks if first != self._signs.quote)
        mark = (outer if depth == 0 else inner) if number is None else f"{number}. "
        self._marks.append((mark, self._signs.indent))
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


def _runs(tokens: Sequence[Token], fits: Fits) -> Iterator[Run]:
    """The runs of one block, neighbours of the same style made one."""
    waiting: Run | None = None
    for run in _raw_runs(tokens):
        if waiting and (run.styles, run.url, run.code) == (waiting.styles, waiting.url, waiting.code):
            waiting = replace(waiting, text=waiting.text + run.text)
            continue
        if waiting:
            yield _linked(waiting, fits)
        waiting = run
    if waiting:
        yield _linked(waiting, fits)


def _raw_runs(tokens: Sequence[Token]) -> Iterator[Run]:
    styles: list[Style] = []
    url, around = "", 0
    for token in tokens:
        # A style within itself would end it on most platforms, and a link has styles only around it.
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


def _linked(run: Run, fits: Fits) -> Run:
    """The run; or its words with the address behind them, if it is a link that nobody is to follow from here."""
    if (moment := moment_in(run.url)) is not None:
        return Run(run.text, run.styles, moment=moment)
    if not run.url or (safe_url(run.url) and run.text.strip() and fits(run)):
        return run
    return Run(run.text if run.text == run.url else f"{run.text} ({run.url})", run.styles)
