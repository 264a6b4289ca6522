"""What each page of the site holds, before it is made into HTML. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from bot.evaluation.disclosure import LEAST
from bot.program.certificates import Verified
from bot.program.rounds import date_label
from bot.program.stories_public import PublishedStory
from bot.program.wording import Wording
from bot.site import views
from bot.site.facts import SiteFacts
from bot.site.markup import html, link_in, paragraphs, without_title

INDEX, LOST = "index.html", "404.html"
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
"""The kinds of pictures that are shown, and how their files' names end."""
_BEGINNING = 260
"""Characters of a story that stand in the list of all."""
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `at` is its folder in the site, such as `apply/`; empty for the first page and that of the lost.

    `values` are what its template needs besides what all have.
    """

    at: str
    template: str
    title: str
    lead: str
    values: Mapping[str, Any]
    hidden: bool = False
    """Whether search engines should leave it out."""
    name: str = INDEX

    @property
    def file(self) -> str:
        """The path of its file."""
        return f"{self.at}{self.name}"


def every_page(facts: SiteFacts, wording: Wording) -> list[Page]:
    """Every page, in the order of the menu; no two have the same title."""
    made = [
        _about(facts, wording),
        _apply(facts, wording),
        _named(wording, "stories", stories=[_shown(one) for one in facts.stories]),
        *(_story(wording, one) for one in facts.stories),
        _named(wording, "communications", news=facts.news, invitations=facts.invitations),
        _results(facts, wording),
        _named(wording, "volunteer"),
        _named(wording, "contact"),
        # A page of the kit stands under the site's title: its own heading is not shown.
        _named(wording, "conduct", "reading", body=html(without_title(facts.kit.conduct)[1])),
        _named(wording, "guidance", "reading", body=html(without_title(facts.kit.guidance)[1])),
        _named(wording, "certificates"),
        *(certificate(wording, issued.code, issued.confirms) for issued in facts.certificates),
        replace(_named(wording, "lost"), at="", hidden=True, name=LOST),
    ]
    titles = views.unique([page.title for page in made])
    return [replace(page, title=title) for page, title in zip(made, titles, strict=True)]


def certificate(wording: Wording, code: str, issued: Verified | None) -> Page:
    """The page about one code; None: no certificate has it."""
    title = wording.plain("site.certificate.title", code=code)
    lead = wording.plain("site.certificate.lead_yes" if issued else "site.certificate.lead_no")
    values = {"code": code, "issued": issued}
    return Page(f"certificates/{code}/", "certificate.html", title, lead, values, hidden=True)


def story_path(story: PublishedStory) -> str:
    """Where a story is."""
    return f"stories/{story.slug}/"


def picture_path(story: PublishedStory) -> str:
    """Where the picture of a story is; empty where it has none, or none that every browser shows and none runs."""
    kind = PICTURES.get(story.picture.media_type, "") if story.picture is not None else ""
    return f"{story_path(story)}picture.{kind}" if kind else ""


def _named(wording: Wording, name: str, template: str = "", **values: Any) -> Page:
    title, lead = wording.plain(f"site.title.{name}"), wording.plain(f"site.lead.{name}")
    return Page(f"{name}/", f"{template or name}.html", title, lead, values)


def _about(facts: SiteFacts, wording: Wording) -> Page:
    kit = facts.kit
    heading, welcome = without_title(kit.welcome)
    values = {
        **_state(facts, wording),
        "welcome_title": heading or kit.name,
        "welcome": html(welcome),
        "about": html(kit.site.about),
        "newest": _shown(facts.stories[0]) if facts.stories else None,
        "past": next((_in_words(wording, views.told(wording, one)) for one in facts.past[:1]), ""),
        "past_name": facts.past[0].name if facts.past else "",
    }
    return Page("", "about.html", kit.name, kit.tagline, values)


def _apply(facts: SiteFacts, wording: Wording) -> Page:
    asked, now = views.asked(facts.kit), facts.round
    return _named(
        wording,
        "apply",
        **_state(facts, wording),
        asked=asked,
        needed=[one for one in asked if one.answers],
        wishes=views.wishes(wording),
        last_day=(now.closes_at - _MOMENT).date() if now else None,
        cap=round(100 * now.country_cap) if now else 0,
    )


def _state(facts: SiteFacts, wording: Wording) -> dict[str, Any]:
    """Whether people can apply, in words, and where they join."""
    now = facts.round
    dates: dict[str, str] = {}
    if now is not None:
        dates = {
            "round": now.name,
            "opens": date_label(now.opens_at.date()),
            "closes": date_label((now.closes_at - _MOMENT).date()),
            "starts": date_label(now.starts_on),
            "ends": date_label(now.ends_on),
        }
    phase = now.phase if now else "none"
    return {
        "state": html(wording.say(f"site.state.{phase}", **dates)),
        "can_apply": phase in ("planned", "open"),
        "join_link": link_in(facts.kit.join),
    }


def _story(wording: Wording, story: PublishedStory) -> Page:
    lead = wording.plain("site.stories.lead", byline=story.byline, countries=story.countries)
    return Page(story_path(story), "story.html", story.title, lead, {"story": _shown(story)})


def _shown(story: PublishedStory) -> Mapping[str, Any]:
    first = " ".join(story.paragraphs[0].split()) if story.paragraphs else ""
    return {
        "id": story.slug,
        "title": story.title,
        "path": story_path(story),
        "beginning": first if len(first) <= _BEGINNING else f"{first[:_BEGINNING].rsplit(' ', 1)[0]} …",
        "byline": story.byline,
        "countries": story.countries,
        "published_at": story.published_at,
        "picture": story.picture,
        "picture_path": picture_path(story),
        "body": Markup("\n").join(paragraphs(one) for one in story.paragraphs),
    }


def _results(facts: SiteFacts, wording: Wording) -> Page:
    past = [views.told(wording, one) for one in facts.past]
    shown = [{"told": one, "words": _in_words(wording, one)} for one in past]
    return _named(wording, "results", past=shown, least=LEAST)


def _in_words(wording: Wording, past: views.Told) -> Markup:
    if not past.stages:
        return html(wording.say("site.results.few", least=LEAST))
    counts = {stage.name: stage.count or 0 for stage in past.stages}
    applied, placed, completed = counts["applied"], counts["placed"], counts["completed"]
    return html(
        wording.say(
            "site.results.words",
            applied=f"{applied:,}",
            countries=past.lands,
            placed=f"{placed:,}" if placed else "",
            placed_share=views.per_cent(placed, applied),
            completed=f"{completed:,}" if completed else "",
            completed_share=views.per_cent(completed, placed or applied),
        )
    )
