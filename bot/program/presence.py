"""Which programs can be reached at all: where the bot was taken out, rounds stand still."""

from sqlmodel import col, select

from storage.people import Community, Program

PRESENT = (
    select(Program.id)
    .join(Community, col(Community.id) == Program.community_id)
    .where(col(Community.gone_at).is_(None))
)
"""The ids of the programs whose community can be reached."""
