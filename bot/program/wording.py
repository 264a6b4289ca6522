"""How the program puts things: the texts of a kit, filled in."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.language.adapter import Capabilities
from bot.language.markup import Markdown, escape, plain
from topics.model import Kit

_LEAST = Capabilities()


def _finalize(value: Any) -> str:
    """Everything put into a text is outside text, and escaped, unless it is Markdown already."""
    if isinstance(value, Markdown):
        return value
    return "" if value is None else escape(str(value))


def _environment(**known: str) -> ImmutableSandboxedEnvironment:
    """The environment of one kit's texts; `known` stands in all of them."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=_finalize, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    cast("Any", environment).globals.update(known)
    return environment


class Wording:
    """One kit's texts. Compiled once, when first said."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self._environment = _environment(program=kit.name, contact=kit.contact)
        self._compiled: dict[str, Any] = {}
        self._said: dict[str, Markdown] = {}
        self.made: dict[str, Any] = {}
        """Things made from the kit once and used often (its questions as flows)."""

    def say(self, key: str, **values: Any) -> Markdown:
        """The text `key` with its placeholders filled in; outside text is escaped here and nowhere else.

        Raises KeyError for a text the kit does not have.
        """
        if not values and key in self._said:
            return self._said[key]
        template = self._compiled.get(key)
        if template is None:
            template = self._compiled[key] = self._environment.from_string(self.kit.texts[key])
        said = Markdown(template.render(values).strip())
        if not values:
            # Without values a text is always the same: button labels are said a great many times.
            self._said[key] = said
        return said

    def plain(self, key: str, **values: Any) -> str:
        """The text `key` as plain words, for the labels of buttons."""
        return plain(self.say(key, **values))


class Kits:
    """The kits at hand, by slug, each with its wording, and what the platforms can on which they are put into words."""

    def __init__(
        self,
        kits: Mapping[str, Kit],
        platforms: Mapping[str, Capabilities] | None = None,
        mark_key: bytes = b"",
    ) -> None:
        self._wordings = {slug: Wording(kit) for slug, kit in kits.items()}
        self._platforms = dict(platforms or {})
        self.mark_key = mark_key
        """The key of the marks of people who were forgotten; empty where one is kept in the database."""

    @property
    def chosen(self) -> Kit:
        """The kit of a community that is new: the first."""
        return next(iter(self._wordings.values())).kit

    @property
    def names(self) -> Sequence[str]:
        """The slugs of all kits at hand."""
        return tuple(self._wordings)

    def called(self, name: str) -> Kit | None:
        """The kit of that slug or name, however it is typed; None where none is called so."""
        wanted = " ".join(name.casefold().split())
        kits = [wording.kit for wording in self._wordings.values()]
        return next((kit for kit in kits if wanted in (kit.slug.casefold(), kit.name.casefold())), None)

    def able(self, platform: str) -> Capabilities:
        """What that platform can; of one that is not connected, the least is assumed."""
        return self._platforms.get(platform, _LEAST)

    def __getitem__(self, slug: str) -> Wording:
        return self._wordings[slug]

    def __contains__(self, slug: str) -> bool:
        return slug in self._wordings
