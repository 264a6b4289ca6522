"""What can be pressed and chosen beneath a message: buttons and lists in rows. Pure; all stands in the custom ids."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.discord.markdown import label
from adapters.discord.marks import DONE, MANY, PICK, PRESS, WRITE, Field, Mark
from bot.language.adapter import Refused
from bot.language.cutting import shortened, size
from bot.language.messages import Choices, Input, Link, Option
from bot.language.runs import safe_url

Json = dict[str, Any]
"""A JSON object as it travels."""
Row = list[Json]
"""What stands side by side: up to five buttons, or one list."""

SAVE = "Save"
WRITE_ANSWER = "Write an answer"
CHOOSE = "Choose"
CHOOSE_ALL = "Choose all that apply, then press Save"
NOW = "Now: "

ROWS, ROW = 5, 5
BUTTONS, LIST, LISTS = 5, 25, 4
"""Options up to which they are buttons; options of one list; lists of one question."""
BUTTON_LABEL, OPTION_LABEL, OPTION_VALUE, PLACEHOLDER, URL = 80, 100, 100, 150, 512
_STYLES = {"primary": 1, "plain": 2, "danger": 4}
_LINK_STYLE = 5
_BUTTON, _LIST, _ROW = 2, 3, 1


@dataclass(frozen=True, slots=True)
class Origin:
    """What all custom ids of a message bear: the server that is meant, and the mark of the act."""

    guild: str
    act: str


@dataclass
class Controls:
    """The rows of one message, and the questions for which there was no room: these are numbered lines."""

    origin: Origin
    inputs: int
    _groups: list[tuple[Choices | Input | Link, list[Row]]] = field(
        default_factory=list[tuple[Choices | Input | Link, list[Row]]]
    )

    def add(self, element: Choices | Input | Link) -> None:
        """Add rows for an element."""
        match element:
            case Choices():
                rows = self._choices(element)
            case Input():
                rows = [[self._input(element)]]
            case Link():
                rows = [[_link(element)]] if can_be_pressed(element) else []
        if rows:
            self._groups.append((element, rows))

    def settled(self) -> tuple[list[Json], set[int]]:
        """The rows as Discord takes them, and the elements (by identity) that got some. Raises Refused."""
        while len(rows := self._rows()) > ROWS:
            lists = [group for group in self._groups if isinstance(group[0], Choices)]
            if not lists:
                raise Refused("The message has more buttons than Discord has room for.")
            # What takes most room is shown as numbered lines instead.
            self._groups.remove(max(lists, key=lambda group: len(group[1])))
        return [{"type": _ROW, "components": row} for row in rows], {id(element) for element, _ in self._groups}

    def _rows(self) -> list[Row]:
        """All rows; links share theirs, and where there are too many, all buttons do."""
        apart = _packed((isinstance(element, Link), row) for element, rows in self._groups for row in rows)
        return apart if len(apart) <= ROWS else _packed((True, row) for _, rows in self._groups for row in rows)

    # Choices

    def _choices(self, choices: Choices) -> list[Row]:
        count = len(choices.options)
        values = [option.value for option in choices.options]
        listed = (
            count <= LIST * LISTS and len(set(values)) == count and all(0 < size(v) <= OPTION_VALUE for v in values)
        )
        buttons = [] if choices.many or count > BUTTONS else self._buttons(choices)
        if not count or not (buttons or listed):
            return []
        if buttons:
            return [buttons]
        chunks = [choices.options[start : start + LIST] for start in range(0, count, LIST)]
        rows = [[self._list(choices, chunk, number, len(chunks))] for number, chunk in enumerate(chunks)]
        if choices.many:
            done = Mark(DONE, self.origin.guild, self.origin.act, choices.token)
            rows.append([_button(SAVE, _fitting(done), "primary")])
        return rows

    def _buttons(self, choices: Choices) -> Row:
        """The options as buttons; none if one does not fit."""
        row: Row = []
        for option in choices.options:
            mark = Mark(PRESS, self.origin.guild, self.origin.act, choices.token, option.value)
            if not mark.fits or size(option.label) > BUTTON_LABEL:
                return []
            row.append(_button(option.label, str(mark), option.style))
        return row if len({button["custom_id"] for button in row}) == len(row) else []

    def _list(self, choices: Choices, options: Sequence[Option], number: int, of: int) -> Json:
        kind = MANY if choices.many else PICK
        mark = Mark(kind, self.origin.guild, self.origin.act, choices.token, str(number))
        chosen = [option for option in options if option.value in choices.chosen]
        hint = CHOOSE_ALL if choices.many else CHOOSE
        if of > 1:
            first = number * LIST + 1
            hint = f"{first}–{first + len(options) - 1}: {options[0].label} … {options[-1].label}"
        if chosen and not choices.many:
            # Not as the list's default: choosing what is chosen already would not be told to anybody.
            hint = f"{NOW}{chosen[0].label}"
        shown = [
            _option(option) | ({"default": True} if choices.many and option in chosen else {}) for option in options
        ]
        most = {"min_values": 0, "max_values": len(options)} if choices.many else {"min_values": 1, "max_values": 1}
        hint = label(hint, PLACEHOLDER)
        return {"type": _LIST, "custom_id": _fitting(mark), "placeholder": hint, "options": shown, **most}

    # Places to type

    def _input(self, asked: Input) -> Json:
        bare = Mark(WRITE, self.origin.guild, self.origin.act, asked.token, str(Field(asked.kind, "")))
        room = OPTION_LABEL - len(_fitting(bare))
        words = shortened(" ".join(asked.label.split()), room) if room > 1 else ""
        mark = Mark(WRITE, self.origin.guild, self.origin.act, asked.token, str(Field(asked.kind, words)))
        # One is known by what is asked above it, several must say which they are.
        return _button(asked.label if self.inputs > 1 else WRITE_ANSWER, _fitting(mark), "plain")


def can_be_pressed(link: Link) -> bool:
    """Whether a link can be a button; otherwise it stands in the text."""
    return safe_url(link.url) and size(link.url) <= URL


def _link(link: Link) -> Json:
    return {
        "type": _BUTTON,
        "style": _LINK_STYLE,
        "label": label(link.label or link.url, BUTTON_LABEL),
        "url": link.url,
    }


def _button(words: str, custom_id: str, style: str) -> Json:
    return {"type": _BUTTON, "style": _STYLES[style], "label": label(words, BUTTON_LABEL), "custom_id": custom_id}


def _option(option: Option) -> Json:
    """An option of a list; what is too long for one line goes on in the line below."""
    words = label(option.label, 10 * OPTION_LABEL)
    if size(words) <= OPTION_LABEL:
        return {"label": words, "value": option.value}
    head = shortened(words, OPTION_LABEL).removesuffix("…")
    head = head[: head.rfind(" ")] if " " in head else head
    rest = words[len(head) :].strip()
    return {"label": head, "value": option.value, "description": shortened(rest, OPTION_LABEL)}


def _fitting(mark: Mark) -> str:
    if not mark.fits:
        raise Refused(f"the token of a question has {len(mark.token)} characters, too many for Discord")
    return str(mark)


def _packed(rows: Iterator[tuple[bool, Row]]) -> list[Row]:
    """The rows, of which each that may share goes into the one before, if that is of buttons and may, too."""
    packed: list[Row] = []
    open_ = False
    for shares, row in rows:
        buttons = all(each["type"] == _BUTTON for each in row)
        if shares and open_ and buttons and len(packed[-1]) + len(row) <= ROW:
            packed[-1] = packed[-1] + row
        else:
            packed.append(row)
        open_ = shares and buttons
    return packed
