"""Messages as the local platform shows them: plain words for the ledger, safe HTML for the page."""

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.language.adapter import Capabilities
from bot.language.markup import defang, plain
from bot.language.messages import Choices, Document, Element, Link, Message, Picture, Text


class Words:
    """Puts messages into plain words without any working mention, as they reach their readers.

    Choices that the platform shows as buttons or as a list are no part of the words; others are numbered.
    """

    def __init__(self, capabilities: Capabilities) -> None:
        self._capabilities = capabilities
        # The same question goes to a thousand people, and reading Markdown takes longer than all else here.
        self._plain = lru_cache(maxsize=1_024)(_harmless)

    def of(self, message: Message) -> str:
        """The words of the whole message, its elements apart by an empty line."""
        return "\n\n".join(part for element in message.elements if (part := self._part(element)))

    def _part(self, element: Element) -> str:
        match element:
            case Text():
                return self._plain(element.markdown)
            case Choices():
                as_words = shape(element, self._capabilities) == "numbers"
                return defang("\n".join(numbered(element))) if as_words else ""
            case Link():
                return defang(f"{element.label}: {element.url}" if safe_url(element.url) else element.label)
            case Picture():
                return defang(f"[{element.alt}]")
            case Document():
                return defang(f"[{element.name}]")
            case _:
                return ""


def _harmless(markdown: str) -> str:
    return defang(plain(markdown))


def shape(choices: Choices, capabilities: Capabilities) -> str:
    """How choices are shown: `checks`, `buttons`, `list`, or `numbers` where the platform has nothing better."""
    count = len(choices.options)
    if count > max(capabilities.options, capabilities.buttons):
        return "numbers"
    if choices.many:
        return "checks"
    return "buttons" if count <= capabilities.buttons else "list"


def numbered(choices: Choices) -> Iterator[str]:
    """The options as numbered lines, for people who answer in words."""
    return (f"{number}. {option.label}" for number, option in enumerate(choices.options, start=1))


def safe_url(url: str) -> bool:
    """Whether a link may be followed: http and https with a host, nothing else."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


class _OnlyWebLinks(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name for it
        """Keep markdown-it from making a link of anything but http and https."""
        return safe_url(url)


class Html:
    """Renders the little Markdown of messages as HTML that holds no markup, picture or working mention from outside."""

    def __init__(self) -> None:
        unwanted = ["image", "html_block", "html_inline", "autolink", "reference"]
        self._markdown = _OnlyWebLinks("commonmark", {"html": False, "breaks": True}).disable(unwanted)

    def text(self, markdown: str) -> str:
        """The HTML of one text. Raw HTML in it is shown as it was written; only http and https links work."""
        tokens = self._markdown.parse(markdown)
        _calm(tokens)
        return str(self._markdown.renderer.render(tokens, self._markdown.options, {}))


def _calm(tokens: list[Token]) -> None:
    for token in tokens:
        token.content = defang(token.content)
        if token.type in ("heading_open", "heading_close"):
            # The page has headings of its own above those in messages.
            token.tag = "h4"
        elif token.type == "link_open":
            token.attrs |= {"target": "_blank", "rel": "noopener noreferrer"}
        _calm(token.children or [])
