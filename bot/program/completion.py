"""Who completed a round: the one definition that certificates, reports and the site share. Pure."""

from storage.partnerships import Member, Partnership

ROUND_OVER = "round_over"
"""Why a partnership ended that lasted until the end of its round."""


def lasted(partnership: Partnership) -> bool:
    """Whether a partnership came to life (all in it wrote) and went on to the end of the round."""
    return partnership.live_at is not None and partnership.state == "ended" and partnership.end_reason == ROUND_OVER


def completed(partnership: Partnership, member: Member) -> bool:
    """Whether this partner completed the round in this partnership: it lasted, and they stayed in it and wrote."""
    return lasted(partnership) and member.left_at is None and member.first_wrote_at is not None
