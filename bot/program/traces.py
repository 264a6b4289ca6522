"""What tells of one person in other people's texts: how it is found there, and taken out. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from bot.language.acts import Act, Edit, OpenRoom, Post, ShowHome
from bot.language.markup import defang, escape, plain
from bot.language.messages import Choices, Document, Element, Input, Link, Message, Picture, Text

_SHORTEST = 2


@dataclass(frozen=True)
class Traces:
    """The names, addresses and ids by which somebody is known.

    A name of a single word may be that of another person, or a word of some language: it counts only in texts that are
    `near`, about those whom the person had to do with. `instead` is what stands in its place.
    """

    names: tuple[str, ...]
    emails: tuple[str, ...]
    ids: tuple[str, ...]
    instead: str

    @cached_property
    def _sure(self) -> re.Pattern[str] | None:
        names = [name for name in self.names if len(name.split()) > 1]
        return _pattern([*self.emails, *self.ids, *names])

    @cached_property
    def _near(self) -> re.Pattern[str] | None:
        return _pattern([*self.emails, *self.ids, *self.names])

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """How they may stand in stored JSON: what a database is asked for before anything is read closely."""
        known = (*self.names, *self.emails, *self.ids)
        spelt = {form for text in known for form in _spellings(text)}
        spelt |= {json.dumps(form, ensure_ascii=ascii_)[1:-1] for form in spelt for ascii_ in (True, False)}
        return tuple(sorted(form for form in spelt if len(form) >= _SHORTEST))

    def stand_in(self, text: str, *, near: bool) -> bool:
        """Whether the text tells of the person."""
        pattern = self._near if near else self._sure
        return bool(pattern and pattern.search(text))

    def stand_in_json(self, text: str) -> bool:
        """Whether stored JSON, or whatever else was stored, tells of the person, near or not."""
        try:
            value = json.loads(text)
        except ValueError:
            return self.stand_in(text, near=True)
        return self.out_of_json(value, near=True) != value

    def out_of(self, text: str, *, near: bool) -> str:
        """The text without them."""
        pattern = self._near if near else self._sure
        return pattern.sub(lambda _: self.instead, text) if pattern else text

    def out_of_json(self, value: Any, *, near: bool) -> Any:
        """A JSON value without them: from lists, what is nothing but an address or id of theirs is left out."""
        if isinstance(value, str):
            return self.out_of(value, near=near)
        if isinstance(value, list):
            alone = {text.casefold() for text in (*self.emails, *self.ids)}
            kept = [v for v in cast("list[Any]", value) if not (isinstance(v, str) and v.casefold() in alone)]
            return [self.out_of_json(each, near=near) for each in kept]
        if isinstance(value, Mapping):
            members = cast("Mapping[str, Any]", value)
            return {name: self.out_of_json(each, near=near) for name, each in members.items()}
        return value

    def out_of_act(self, act: Act, *, near: bool) -> Act:
        """The same deed, with words that do not tell of the person, and for nobody but the others."""
        if isinstance(act, Post | Edit | ShowHome):
            return replace(act, message=self._message(act.message, near=near))
        if isinstance(act, OpenRoom):
            members = tuple(member for member in act.members if member not in self.ids)
            return replace(act, title=self.out_of(act.title, near=near), members=members)
        return act

    def out_of_message(self, message: Message) -> Message:
        """The same words near those whom the person had to do with, without them."""
        return self._message(message, near=True)

    def tell_in(self, act: Act, *, near: bool) -> bool:
        """Whether the deed tells of the person."""
        return self.out_of_act(act, near=near) != act

    def _message(self, message: Message, *, near: bool) -> Message:
        return Message(tuple(self._element(element, near=near) for element in message.elements))

    def _element(self, element: Element, *, near: bool) -> Element:
        def clean(text: str) -> str:
            return self.out_of(text, near=near)

        match element:
            case Text():
                return replace(element, markdown=clean(element.markdown))
            case Choices():
                options = tuple(replace(option, label=clean(option.label)) for option in element.options)
                return replace(element, options=options)
            case Input():
                return replace(element, label=clean(element.label), value=clean(element.value))
            case Link():
                return replace(element, label=clean(element.label))
            case Picture():
                return replace(element, alt=clean(element.alt), name=clean(element.name))
            case Document():
                return replace(element, name=clean(element.name), text=clean(element.text))


def _spellings(text: str) -> Iterable[str]:
    """A text as it is, as Markdown, and as the plain words that platforms are given."""
    return {text, escape(text), plain(text), defang(text), defang(plain(text))}


def _pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    spelt = {form for text in texts if len(text.strip()) >= _SHORTEST for form in _spellings(text)}
    # The longest first, so that a first name is not taken out of the middle of a full one.
    longest = sorted(spelt, key=lambda form: (-len(form), form))
    if not longest:
        return None
    words = "|".join(map(re.escape, longest))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
