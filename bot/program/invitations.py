"""Invitations to pass on: the kit's texts for partner organisations and social media, filled in and ready to copy."""

from bot.errors import Problem
from bot.language.markup import Markdown, tidy_line
from bot.program.access import Who
from bot.program.command import Argument, Call, Command
from bot.program.rounds import current_round, date_label, last_day
from bot.program.turn import Turn
from storage.people import Community

TEXTS = ("organisation", "newsletter", "social")
"""The texts there are: a letter, a paragraph, and a few words; each by what it is for."""
LONGEST_NAME = 80


async def _invitations(turn: Turn, call: Call) -> None:
    """`invitations`: each text in a block of its own, which is copied with one press."""
    round_row = await current_round(turn, call.program)
    if round_row is None or round_row.state not in ("planned", "open") or turn.now >= round_row.closes_at:
        raise Problem("invitations.closed")
    community, kit = await turn.get(Community, call.program.community_id), turn.kit(call.program)
    wording = turn.wording(call.program)
    how = wording.plain("invitation.how", join=kit.join, community=community.name)
    facts = {
        "round": round_row.name,
        "tagline": kit.tagline,
        "opens": date_label(round_row.opens_at.date()) if turn.now < round_row.opens_at else "",
        "closes": last_day(round_row.closes_at),
        "starts": date_label(round_row.starts_on),
        "ends": date_label(round_row.ends_on),
        "capacity": round_row.capacity,
        "how": how,
        "to": tidy_line(call.arguments.get("to", ""), LONGEST_NAME),
    }
    parts = [wording.say("invitations.head", join=kit.join, closes=facts["closes"])]
    for name in TEXTS:
        text = wording.plain(f"invitation.{name}", **facts)
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
