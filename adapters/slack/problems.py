"""What Slack's error codes mean for an act: try again, gone, refused, or nobody knows. Each with a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["retry", "gone", "refused", "unsure"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means. `text` is for coordinators; `unsure` is Unknown where the call may not simply be repeated."""

    kind: Kind
    text: str
    seconds: float = 0.0
    """How long to wait before it is tried again."""


_CREATE = "conversations.create"
_ASK_ADMIN = "Ask an administrator of the workspace to"
_FAULT = "This is a fault of Counterpart, not of yours: please report it"

_GONE: Mapping[str, str] = {
    "channel_not_found": "There is no such channel any more, or Counterpart was removed from it",
    "is_archived": "The channel is archived. Whoever archived it can open it again",
    "is_inactive": "The channel is archived. Whoever archived it can open it again",
    "channel_is_limited_access": "The channel is closed to Counterpart by the workspace's plan",
    "message_not_found": "The message was deleted",
    "thread_not_found": "The message was deleted",
    "file_not_found": "The file was deleted, or Counterpart cannot see it",
    "file_deleted": "The file was deleted",
    "user_not_found": "There is no such person in this workspace",
    "users_not_found": "There is no such person in this workspace",
    "user_not_visible": "Counterpart cannot see this person's account",
    "user_disabled": "This person's account was deactivated",
    "user_not_in_channel": "This person is not in the channel",
    "org_user_not_in_team": "This person is not in this workspace",
    "cannot_dm_bot": "This account is an app, which cannot be written to",
}
_TOKEN = "In the app's settings in Slack, install it to the workspace once more"
_REFUSED: Mapping[str, str] = {
    # Who Counterpart is
    "not_allowed_token_type": "Counterpart was given a token of another kind: it needs the bot's token, xoxb-…",
    "missing_scope": f"Counterpart lacks a permission. {_TOKEN}",
    "no_permission": f"Counterpart has no permission for this. {_TOKEN}",
    "org_login_required": "The workspace is being moved to an organisation. Install Counterpart there again",
    "enterprise_is_restricted": "The organisation does not allow this to apps",
    "team_access_not_granted": f"{_ASK_ADMIN} give Counterpart access to it",
    "app_access_restricted": f"{_ASK_ADMIN} give Counterpart access to it",
    "access_denied": f"{_ASK_ADMIN} give Counterpart access to it",
    "ekm_access_denied": "The workspace's administrators have suspended sending",
    # What the workspace allows
    "restricted_action": f"The workspace's settings do not let Counterpart do this. {_ASK_ADMIN} allow it",
    "posting_to_channel_denied": f"Counterpart may not post in this channel. {_ASK_ADMIN} allow it",
    "not_in_channel": "Counterpart is not in this channel. Invite it there: /invite @Counterpart",
    "messages_tab_disabled": "The app's messages tab is off. In its settings in Slack, turn it on under App Home",
    "not_enabled": "The app's home tab is off. In its settings in Slack, turn it on under App Home",
    "cannot_create_channel": f"Counterpart may not create channels in this workspace. {_ASK_ADMIN} allow it",
    "user_does_not_own_channel": "This channel is not Counterpart's",
    "not_permitted": f"The workspace's settings do not let Counterpart do this. {_ASK_ADMIN} allow it",
    "permission_denied": f"The workspace's settings do not let Counterpart do this. {_ASK_ADMIN} allow it",
    "cant_archive_general": "This channel cannot be archived",
    "cant_archive_required": "This channel cannot be archived",
    "edit_window_closed": "The workspace's settings do not let messages be changed so late",
    "name_taken": "There is a channel of this name already",
    "file_uploads_disabled": f"The workspace takes no files. {_ASK_ADMIN} allow them",
    "file_uploads_except_images_disabled": f"The workspace takes no files but pictures. {_ASK_ADMIN} allow them",
    "file_type_not_allowed": f"The workspace takes no files of this kind. {_ASK_ADMIN} allow them",
    "file_upload_size_restricted": "The file is too large for this workspace",
    "storage_limit_reached": "The workspace has no room for files left",
    # Who can be invited
    "cant_invite": "This person cannot be invited",
    "user_is_restricted": "This person is a guest, and cannot be invited to this channel",
    "ura_max_channels": "This person is a guest of one channel, and cannot be in another",
    "invitee_cant_see_channel": "This person cannot see the channel",
    "no_external_invite_permission": "This person is of another organisation, and cannot be invited",
    "not_enough_users": "There are too few people for a group conversation",
    "too_many_users": "There are too many people for a group conversation: eight at most",
    "invalid_user_combination": "These people cannot be in one conversation",
}
_AWAY: Mapping[str, str] = {
    "invalid_auth": f"Slack does not accept Counterpart's token. {_TOKEN}",
    "not_authed": f"Counterpart has no token for this workspace. {_TOKEN}",
    "token_revoked": f"Counterpart's token was revoked. {_TOKEN}",
    "token_expired": f"Counterpart's token has run out. {_TOKEN}",
    "account_inactive": f"Counterpart was taken out of this workspace. {_TOKEN}",
}
"""Counterpart is not let in. What is to be sent waits until it is again: nothing is lost by it."""
AWAY = 600.0
"""Seconds until it is tried again then."""
_SOON, _LATER = 15.0, 60.0
_RETRY: Mapping[str, float] = {
    "ratelimited": 30.0,
    "rate_limited": 30.0,
    "too_many_requests": 30.0,
    "message_limit_exceeded": _LATER,
    "accesslimited": _LATER,
    "request_timeout": _SOON,
    "fetch_members_failed": _SOON,
    "update_failed": _SOON,
    "team_added_to_org": 600.0,
    "external_channel_migrating": 600.0,
}
"""Not done, and it may go better later."""
RATE_LIMITED = frozenset({"ratelimited", "rate_limited", "too_many_requests"})
"""Codes that close a method for a while."""
_UNSURE = frozenset({"fatal_error", "internal_error", "service_unavailable"})
"""Slack itself says that some of it may have been done."""

_SPECIAL: Mapping[tuple[str, str], str] = {
    (_CREATE, "restricted_action"): "Counterpart may not create private channels in this workspace. "
    f"{_ASK_ADMIN} allow it to members and apps",
    ("conversations.archive", "restricted_action"): "Counterpart may not archive channels in this workspace. "
    f"{_ASK_ADMIN} allow it, or archive the channel yourself",
    ("chat.postMessage", "restricted_action"): f"Counterpart may not post in this channel. {_ASK_ADMIN} allow it",
    ("chat.postEphemeral", "restricted_action"): f"Counterpart may not post in this channel. {_ASK_ADMIN} allow it",
}
"""Where a code means something more exact in a method."""


def verdict(method: str, code: str, needed: str = "") -> Verdict:
    """What it means that this method gave this code. `needed` are the scopes that Slack says are missing."""
    if code in _RETRY:
        return Verdict("retry", _sentence("Slack is busy", code), _RETRY[code])
    if code in _AWAY:
        return Verdict("retry", _sentence(_AWAY[code], code), AWAY)
    if code in _UNSURE:
        return Verdict("unsure", _sentence("Slack has a fault of its own", code), _SOON)
    if code == "missing_scope" and needed:
        return Verdict("refused", _sentence(f"Counterpart lacks the permission {needed}. {_TOKEN}", code))
    if code.startswith("restricted_action") and code not in _REFUSED:
        # Kinds of channels in which not everybody may post: restricted_action_read_only_channel and the like.
        return Verdict("refused", _sentence(_SPECIAL["chat.postMessage", "restricted_action"], code))
    if text := _SPECIAL.get((method, code)) or _REFUSED.get(code):
        return Verdict("refused", _sentence(text, code))
    if code in _GONE:
        return Verdict("gone", _sentence(_GONE[code], code))
    return Verdict("refused", _sentence(f"Slack did not take what it was sent with {method}. {_FAULT}", code))


def _sentence(text: str, code: str) -> str:
    """The sentence, with Slack's own word in it: whoever looks for help finds it by that."""
    first, stop, rest = text.partition(". ")
    return f"{first} ({code}){stop}{rest}."
