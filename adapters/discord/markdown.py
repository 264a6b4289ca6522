"""Texts as Discord shows them: its Markdown, in which outside text shows exactly its characters and does nothing.

A backslash takes the meaning from any sign. It stands only before signs that would have one where they are: a text has
2,000 characters, and ordinary words are to keep theirs.
"""

import re
from collections.abc import Sequence

from bot.language import cutting
from bot.language.cutting import shortened, size
from bot.language.markup import defang
from bot.language.runs import BOLD, ITALIC, Block, Marks, Run, Style
from bot.language.runs import read as read_markdown

SPACE = "\u200b"
"""A space of no width, which keeps signs apart that would be taken for one."""
URL = 1_000
"""Characters of a link with its label; a longer one is shown as words."""
HEADINGS = 3
"""Discord has three sizes of headings."""

_SIGNS: dict[Style, str] = {BOLD: "**", ITALIC: "*"}
_MARKS = Marks(quote="> ", bullets=("- ", "- "), indent="   ")
_MEANT = re.compile(
    r"[\\*_~|`\[\]<]"  # styles, hidden words, code, links; mentions, times and emoji of a server
    r"|@(?=everyone|here)"
    r"|:(?=//|[\w+~-]+:)"  # a bare address, an emoji by its name
    r"|^[ \t]*(?:[-+>#]|\d+(?=\.))",  # a list, a quote, a heading at the beginning of a line
    re.MULTILINE,
)
_UNFIT = re.compile(r"[\[\]`\\]|://|^\s|\s$")
"""What Discord does not take in the label of a link."""
_QUOTED = {char: f"%{ord(char):02X}" for char in ' <>"\\\n\t'}


def read(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text, with the links that Discord can show."""
    return read_markdown(markdown, lambda link: size(link.url) + 2 * size(link.text) <= URL, _MARKS)


def safe(text: str) -> str:
    """Plain words as Markdown that shows exactly these characters."""
    return _MEANT.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    # What follows a number is a full stop, which then is escaped itself.
    return f"{sign}\\" if sign[-1].isdigit() else f"{sign[:-1]}\\{sign[-1]}"


def label(text: str, most: int) -> str:
    """Plain words for a button, an option, a thread's name: on one line, at most so long, and never empty."""
    return shortened(" ".join(defang(text).split()), most) or "–"


def markdown(text: str) -> str:
    """The whole text in Discord's Markdown, however long."""
    return "".join(block.gap * bool(number) + shown(block) for number, block in enumerate(read(text)))


def pieces(blocks: Sequence[Block], most: int) -> list[str]:
    """These blocks in Markdown, in as few pieces of at most so many characters as paragraphs and sentences allow."""
    return cutting.pieces(blocks, most, shown)


def shown(block: Block) -> str:
    """One block in Markdown."""
    heading = 0 < block.level <= HEADINGS and "\n" not in block.words
    writer = _Writer(block.first + ("#" * block.level + " " if heading else ""), block.rest)
    for run in block.runs:
        inner: tuple[Style, ...] = tuple(style for style in run.styles if style != BOLD)
        # A heading is bold already; a smaller one than Discord has is only that.
        writer.add(run, inner if heading else (BOLD, *inner) if block.level else run.styles)
    return writer.text()


class _Writer:
    """Puts runs one behind the other. A style ends with the line, and begins again on the next."""

    def __init__(self, first: str, rest: str) -> None:
        self._parts = [first]
        self._rest = rest
        self._open: tuple[Style, ...] = ()
        self._space = ""
        self._fresh = True

    def add(self, run: Run, styles: tuple[Style, ...]) -> None:
        """Add a run in these styles."""
        if run.code and "\n" in run.text:
            self._code_block(run.text)
            return
        for number, line in enumerate(run.text.split("\n")):
            if number:
                self._space = ""
                self._switch(())
                self._parts.append(f"\n{self._rest}")
                self._fresh = True
            if line:
                self._line(line, run, styles)

    def text(self) -> str:
        """All that was added."""
        self._space = ""
        self._switch(())
        return "".join(self._parts)

    def _line(self, line: str, run: Run, styles: tuple[Style, ...]) -> None:
        words = line.strip()
        if words:
            self._space += line[: line.index(words[0])]
            self._switch(styles)
            self._parts.append(self._replaced(words, run))
            self._fresh = False
        self._space += line[len(line.rstrip()) :]

    def _replaced(self, line: str, run: Run) -> str:
        """A line of a run: a moment, a link, code, or words."""
        if run.moment is not None:
            return f"<t:{run.moment}:f>"
        if run.url:
            return _link(line, run.url)
        if run.code and "`" not in line:
            return f"`{line}`"
        # In the middle of a line nothing begins a list; a letter before it says so to what looks for that.
        return safe(line) if self._fresh else safe(f"x{line}")[1:]

    def _switch(self, styles: tuple[Style, ...]) -> None:
        """Close what is open and not wanted, and open what is wanted, each inside those before it.

        White space stays outside: next to it a sign would not be taken for one.
        """
        same = 0
        for old, new in zip(self._open, styles, strict=False):
            if old != new:
                break
            same += 1
        closed = [_SIGNS[style] for style in reversed(self._open[same:])]
        opened = [_SIGNS[style] for style in styles[same:]]
        touching = opened and not self._space and (closed or self._parts[-1].endswith("*"))
        self._parts += [*closed, SPACE if touching else self._space, *opened]
        self._open, self._space = styles, ""

    def _code_block(self, text: str) -> None:
        self._switch(())
        fenced = text.replace("```", "``\u2060`").replace("\n", f"\n{self._rest}")
        self._parts.append(f"```\n{self._rest}{fenced}\n{self._rest}```")


def _link(words: str, url: str) -> str:
    """A link that shows no preview; where Discord would not take the words for one, the address behind them."""
    address = "<" + "".join(_QUOTED.get(char, char) for char in url) + ">"
    if words == url:
        return address
    if _UNFIT.search(words):
        return f"{safe(words)} ({address})"
    return f"[{safe(words)}]({address})"
