"""The site: all its files from its facts. Pure; the same facts give the same bytes."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.program.certificates import Verified
from bot.program.rounds import date_label
from bot.program.wording import Wording
from bot.site import views
from bot.site.contents import INDEX, Page, certificate, every_page, picture_path
from bot.site.facts import SiteFacts
from bot.site.feeds import feed, robots, sitemap
from bot.site.markup import html, paragraphs

Files = Mapping[str, bytes]
"""The files of a site by their paths, with `/` between folders."""

MENU = {
    "about": "",
    "apply": "apply/",
    "stories": "stories/",
    "communications": "communications/",
    "results": "results/",
    "volunteer": "volunteer/",
    "contact": "contact/",
}
SMALL = {"conduct": "conduct/", "guidance": "guidance/", "certificates": "certificates/"}
"""The pages that are named at the foot of each."""
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
"""What pages may load: their own styles and pictures, and nothing else; no script at all."""

_HERE = Path(__file__).parent


def pages(facts: SiteFacts) -> Files:
    """All files of the site."""
    wording, templates = Wording(facts.kit), _templates()
    every = every_page(facts, wording)
    made = {page.file: _render(templates, facts, wording, page) for page in every}
    for story in facts.stories:
        if story.picture is not None and (path := picture_path(story)):
            made[path] = story.picture.data
    made["style.css"] = _styles(facts.theme)
    made["icon.svg"] = (_HERE / "icon.svg").read_bytes()
    made["feed.xml"] = feed(facts, wording)
    made["robots.txt"] = robots(facts.address)
    if facts.address:
        made["sitemap.xml"] = sitemap(facts.address, [page.at for page in every if not page.hidden])
    return dict(sorted(made.items()))


def certificate_page(facts: SiteFacts, code: str, issued: Verified | None) -> bytes:
    """The answer to somebody who asks about a certificate; None: none has this code."""
    wording = Wording(facts.kit)
    return _render(_templates(), facts, wording, certificate(wording, code, issued))


def _render(templates: Environment, facts: SiteFacts, wording: Wording, page: Page) -> bytes:
    """A page as it is sent. What is put into it is escaped, unless `bot.site.markup` made it."""
    kit, root = facts.kit, _root(facts, page)
    text = templates.get_template(page.template).render(
        kit=kit,
        community=facts.community,
        round=facts.round,
        served=facts.served,
        address=facts.address,
        direction=_direction(kit.site.language),
        policy=POLICY,
        menu=MENU,
        small=SMALL,
        page=page,
        here=page.at if page.name == INDEX else None,
        link=_linker(facts, root),
        file=lambda path: f"{root}{path}",  # pyright: ignore[reportUnknownLambdaType] - Jinja hands in a text
        text=_sayer(wording),
        words=wording.plain,
        html=html,
        paragraphs=paragraphs,
        bar=views.bar,
        date_words=date_label,
        **page.values,
    )
    return (text.rstrip("\n") + "\n").encode()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _root(facts: SiteFacts, page: Page) -> str:
    """The way from a page to the first one: by a relative path, except where any address may have been asked for."""
    if page.name == INDEX:
        return "../" * page.at.count("/")
    if facts.served or not facts.address:
        return facts.mount
    return f"/{facts.address.split('/', 3)[3]}"


def _linker(facts: SiteFacts, root: str) -> Callable[[str], str]:
    def link(path: str) -> str:
        """The way to another page. Files name their `index.html`: so they can be read from a disk, too."""
        return (f"{root}{path}" or "./") if facts.served else f"{root}{path}{INDEX}"

    return link


def _sayer(wording: Wording) -> Callable[..., Markup]:
    def text(key: str, **values: Any) -> Markup:
        """A text of the kit, with what is put into it, as HTML."""
        return html(wording.say(key, **values))

    return text


def _styles(theme: str) -> bytes:
    own = (_HERE / "style.css").read_text(encoding="utf-8")
    return (f"{own}\n/* The theme */\n{theme.strip()}\n" if theme.strip() else own).encode()


def _direction(language: str) -> str:
    """In which direction a language is written, as HTML says it; of one that nobody knows, from left to right."""
    try:
        known = Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return "ltr"
    return "rtl" if known.text_direction == "rtl" else "ltr"
