"""Texts as Slack shows them: its mrkdwn, and plain words. Outside text shows exactly its characters and does nothing.

Slack escapes only `&`, `<` and `>`: with these gone nothing can mention or link (the texts are sent as `verbatim`,
which leaves bare addresses alone). For the signs that format there is no escape. A word joiner (U+2060) on both sides
of each keeps Slack from taking it for one; people do not see it.
"""

import re

from adapters.slack.runs import BOLD, Block, Run, Style, cut, read
from bot.language.markup import defang

JOINER = "\u2060"
SPACE = "\u200b"
"""A space of no width. Between a letter and a sign it makes the sign format, also within a word."""

_FORMATTING = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_QUOTE = re.compile(r"^(\s*)>", re.MULTILINE)
_JOINERS = re.compile(f"{JOINER}{{2,}}")
_CUT = "…"


def size(text: str) -> int:
    """The length of a text as Slack may count it: what is beyond the basic plane counts twice."""
    return len(text) + sum(1 for char in text if char > "\uffff")


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


def shortened(text: str, most: int) -> str:
    """The text if it is no longer than that, else its beginning with `…`."""
    if size(text) <= most:
        return text
    kept, room = 0, most - len(_CUT)
    for char in text:
        room -= size(char)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + _CUT


def mrkdwn(markdown: str) -> str:
    """The whole text in mrkdwn, however long."""
    return joined(read(markdown))


def joined(blocks: tuple[Block, ...]) -> str:
    """These blocks in mrkdwn."""
    return "".join((block.gap if number else "") + shown(block) for number, block in enumerate(blocks))


def pieces(blocks: tuple[Block, ...], most: int) -> list[str]:
    """These blocks in mrkdwn, in as few pieces of at most so many characters as paragraphs and sentences allow."""
    found: list[str] = []
    for block in blocks:
        for part in _fitting(block, most):
            text = shown(part)
            if found and size(found[-1]) + size(part.gap) + size(text) <= most:
                found[-1] += part.gap + text
            else:
                found.append(text)
    return found


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
        styles = (BOLD, *(each for each in run.styles if each != BOLD)) if block.level else run.styles
        writer.add(run, styles)
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
            self._parts.append(style)
            self._closed = True
        for style in styles[same:]:
            if self._parts[-1][-1:].isalnum():
                self._parts.append(SPACE)
            self._parts.append(style)
        self._open = styles

    def _code_block(self, text: str) -> None:
        self._switch(())
        fenced = escaped(defang(text.replace("```", "``\u2060`"))).replace("\n", f"\n{self._rest}")
        self._parts.append(f"```\n{self._rest}{fenced}\n{self._rest}```")


def replaced(line: str, run: Run) -> str:
    """A line of a run: a link, code, or words."""
    if run.url:
        return f"<{escaped(run.url)}|{safe(line)}>"
    if run.code and "`" not in line:
        return f"`{escaped(defang(line))}`"
    return safe(line)


def _fitting(block: Block, most: int) -> list[Block]:
    """The block, in parts if it is too long for one."""
    parts: list[Block] = []
    # Shown, a text is at least as long as its words, which are counted sooner.
    while len(block.words) > most or size(shown(block)) > most:
        left, block = cut(block, _room(block, most))
        parts.append(left)
    return [part for part in (*parts, block) if part.words.strip()]


def _room(block: Block, most: int) -> int:
    """How many characters of a block fit, when they are shown, into so many."""
    low, high = 1, min(most, len(block.words))
    while low < high:
        middle = (low + high + 1) // 2
        fits = size(shown(_begin(block, middle))) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


def _begin(block: Block, at: int) -> Block:
    runs: list[Run] = []
    for run in block.runs:
        if at <= 0:
            break
        runs.append(Run(run.text[:at], run.styles, run.url, run.code))
        at -= len(run.text)
    return Block(tuple(runs), block.level, block.first, block.rest, block.gap)
