"""Invitations to pass on: the kit's texts for partner organisations and social media, filled in and ready to copy."""

from collections.abc import Mapping
from datetime import datetime

from bot.errors import Problem
from bot.language.markup import Markdown, tidy_line
from bot.program.access import Who
from bot.program.command import Argument, Call, Command
from bot.program.rounds import current_round, date_label, last_day
from bot.program.turn import Turn
from bot.program.wording import Wording
from storage.people import Community
from storage.rounds import Round

TEXTS = ("organisation", "newsletter", "social")
"""The texts there are: a letter, a paragraph, and a few words; each by what it is for."""
LONGEST_NAME = 80


def invitable(round_row: Round | None, now: datetime) -> bool:
    """Whether there is anything to invite to: people can apply for the round, or will be able to."""
    return round_row is not None and round_row.state in ("planned", "open") and now < round_row.closes_at


def invitation_texts(
    wording: Wording, round_row: Round, community: str, now: datetime, to: str = ""
) -> Mapping[str, str]:
    """Each text by what it is for, as plain words. `to` is the organisation that is written to, empty for none."""
    kit = wording.kit
    facts = {
        "round": round_row.name,
        "tagline": kit.tagline,
        "opens": date_label(round_row.opens_at.date()) if now < round_row.opens_at else "",
        "closes": last_day(round_row.closes_at),
        "starts": date_label(round_row.starts_on),
        "ends": date_label(round_row.ends_on),
        "capacity": round_row.capacity,
        "how": wording.plain("invitation.how", join=kit.join, community=community),
        "to": tidy_line(to, LONGEST_NAME),
    }
    return {name: wording.plain(f"invitation.{name}", **facts) for name in TEXTS}


async def _invitations(turn: Turn, call: Call) -> None:
    """`invitations`: each text in a block of its own, which is copied with one press."""
    round_row = await current_round(turn, call.program)
    if round_row is None or not invitable(round_row, turn.now):
        raise Problem("invitations.closed")
    community, wording = await turn.get(Community, call.program.community_id), turn.wording(call.program)
    texts = invitation_texts(wording, round_row, community.name, turn.now, call.arguments.get("to", ""))
    parts = [wording.say("invitations.head", join=wording.kit.join, closes=last_day(round_row.closes_at))]
    for name, text in texts.items():
        parts += [wording.say(f"invitations.title.{name}"), _copyable(text)]
    call.reply(turn, *parts)


def _copyable(text: str) -> Markdown:
    """Plain words in a block that shows exactly these, to be copied as they are."""
    return Markdown("```\n" + text.replace("`", "\u2019") + "\n```")


COMMANDS = (
    Command(
        "invitations",
        Who.AMBASSADOR,
        "Gives you texts to invite people with: for partner organisations, a newsletter and social media.",
        _invitations,
        (Argument("to", "The organisation you write to.", required=False, rest=True),),
        "/mentoring invitations Library Association of Kenya",
    ),
)
