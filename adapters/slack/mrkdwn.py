"""Texts as Slack shows them: its mrkdwn, and plain words. Outside text shows exactly its characters and does nothing.

Slack escapes only `&`, `<` and `>`: with these gone nothing can mention or link (the texts are sent as `verbatim`,
which leaves bare addresses alone). For the signs that format there is no escape. A word joiner (U+2060) on both sides
of each keeps Slack from taking it for one; people do not see it.
"""

import re
from collections.abc import Sequence

from bot.language import cutting
from bot.language.cutting import shortened
from bot.language.markup import defang
from bot.language.runs import BOLD, ITALIC, Block, Run, Style
from bot.language.runs import read as read_markdown

JOINER = "\u2060"
SPACE = "\u200b"
"""A space of no width. Between a letter and a sign it makes the sign format, also within a word."""

_SIGNS: dict[Style, str] = {BOLD: "*", ITALIC: "_"}
_LONGEST_LINK = 2_500
"""Characters that a link with its label may take in a section, at the worst; a longer one is shown as words."""
_FORMATTING = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_QUOTE = re.compile(r"^(\s*)>", re.MULTILINE)
_JOINERS = re.compile(f"{JOINER}{{2,}}")


def read(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text, with the links that a section can hold."""
    return read_markdown(markdown, _fits)


def _fits(link: Run) -> bool:
    # Escaping makes five characters of one `&`.
    return len(link.url) + 4 * link.url.count("&") + 5 * len(link.text) <= _LONGEST_LINK


def escaped(text: str) -> str:
    """Slack's own escaping."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def calm(text: str) -> str:
    """Plain words in which nothing formats or mentions; they are not escaped yet."""
    text = _FORMATTING.sub(f"{JOINER}\\g<0>{JOINER}", defang(text))
    text = _QUOTE.sub(f"\\1{JOINER}>", _EMOJI.sub(f":{JOINER}", text))
    return _JOINERS.sub(JOINER, text)


def safe(text: str) -> str:
    """Plain words as mrkdwn that shows exactly these characters."""
    return escaped(calm(text))


def label(text: str, most: int) -> str:
    """Plain words for a button, an option, a header: on one line, at most so long, and never empty."""
    return shortened(" ".join(defang(text).split()), most) or "–"


def mrkdwn(markdown: str) -> str:
    """The whole text in mrkdwn, however long."""
    return joined(read(markdown))


def joined(blocks: tuple[Block, ...]) -> str:
    """These blocks in mrkdwn."""
    return "".join((block.gap if number else "") + shown(block) for number, block in enumerate(blocks))


def pieces(blocks: Sequence[Block], most: int) -> list[str]:
    """These blocks in mrkdwn, in as few pieces of at most so many characters as paragraphs and sentences allow."""
    return cutting.pieces(blocks, most, shown)


def plain(markdown: str) -> str:
    """The words of a text for a notification: without formatting, an address behind what it is linked to.

    Slack would read mrkdwn here, too: nothing in it formats, mentions or links. It is not escaped yet.
    """
    return calm("\n".join(_line(block) for block in read(markdown)))


def _line(block: Block) -> str:
    return block.first.replace("> ", "") + "".join(_with_address(run) for run in block.runs)


def _with_address(run: Run) -> str:
    return run.text if not run.url or run.url == run.text else f"{run.text} ({run.url})"


def shown(block: Block) -> str:
    """One block in mrkdwn. A heading is bold."""
    writer = _Writer(block.first, block.rest)
    for run in block.runs:
        inner: tuple[Style, ...] = tuple(style for style in run.styles if style != BOLD)
        writer.add(run, (BOLD, *inner) if block.level else run.styles)
    return writer.text()


class _Writer:
    """Puts runs one behind the other. A style ends with the line, since Slack's do, and begins again on the next."""

    def __init__(self, first: str, rest: str) -> None:
        self._parts = [first]
        self._rest = rest
        self._open: tuple[Style, ...] = ()
        self._closed = False

    def add(self, run: Run, styles: tuple[Style, ...]) -> None:
        """Add a run in these styles."""
        if run.code and "\n" in run.text:
            self._code_block(run.text)
            return
        for number, line in enumerate(run.text.split("\n")):
            if number:
                self._switch(())
                self._parts.append(f"\n{self._rest}")
                self._closed = False
            if line:
                self._line(replaced(line, run), line, styles)

    def text(self) -> str:
        """All that was added."""
        self._switch(())
        return "".join(self._parts)

    def _line(self, text: str, words: str, styles: tuple[Style, ...]) -> None:
        self._switch(styles, words)
        if self._closed and words[0].isalnum():
            self._parts.append(SPACE)
        self._closed = False
        self._parts.append(text)

    def _switch(self, styles: tuple[Style, ...], words: str = "") -> None:
        """Close what is open and not wanted, and open what is wanted, each inside those before it."""
        same = 0
        for old, new in zip(self._open, styles, strict=False):
            if old != new:
                break
            same += 1
        for style in reversed(self._open[same:]):
            self._parts.append(_SIGNS[style])
            self._closed = True
        for style in styles[same:]:
            if self._parts[-1][-1:].isalnum():
                self._parts.append(SPACE)
            self._parts.append(_SIGNS[style])
        self._open = styles

    def _code_block(self, text: str) -> None:
        self._switch(())
        fenced = escaped(defang(text.replace("```", "``\u2060`"))).replace("\n", f"\n{self._rest}")
        self._parts.append(f"```\n{self._rest}{fenced}\n{self._rest}```")


def replaced(line: str, run: Run) -> str:
    """A line of a run: a moment, a link, code, or words."""
    if run.moment is not None:
        return f"<!date^{run.moment}^{{date_long_pretty}} {{time}}|{safe(line)}>"
    if run.url:
        return f"<{escaped(run.url)}|{safe(line)}>"
    if run.code and "`" not in line:
        return f"`{escaped(defang(line))}`"
    return safe(line)
