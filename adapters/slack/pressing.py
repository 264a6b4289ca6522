"""Buttons, lists and forms: what was pressed, chosen or written, as an answer."""

from datetime import datetime

from adapters.slack.forms import Origin, digest, typed
from adapters.slack.marks import ANSWER_FORM, DAY, DONE, MANY, PICK, PRESS, kind_of, token_of
from adapters.slack.places import happened_at, place_of
from bot.language.events import TEXT_LIMIT, Answered
from bot.language.markup import tidy
from bot.language.payload import Json, flag, part, parts, word
from bot.language.places import Actor


def pressed(payload: Json, actor: Actor, now: datetime) -> Answered | None:
    """What somebody pressed or chose; None where that is no answer (yet)."""
    for action in parts(payload, "actions"):
        token, values = token_of(word(action, "block_id")), _values(payload, action)
        if token and values is not None:
            origin = origin_of(payload, actor)
            identity = f"press:{word(payload, 'trigger_id') or word(action, 'action_ts')}"
            at = happened_at(word(action, "action_ts"), now)
            return Answered(identity, at, actor, origin.address, token, _clean(values), origin.message)
    return None


def written(payload: Json, actor: Actor, now: datetime) -> Answered | None:
    """What somebody wrote in a form that answers a question."""
    view = part(payload, "view")
    if word(view, "callback_id") != ANSWER_FORM:
        return None
    origin = Origin.from_json(word(view, "private_metadata"), actor)
    values = tuple(typed(view).values())
    if origin is None or not values:
        return None
    return Answered(digest(view), now, actor, origin.address, origin.token, _clean(values), origin.message)


def origin_of(payload: Json, actor: Actor, token: str = "") -> Origin:
    """Where the thing stood that was pressed. A message that only one person sees cannot be named later."""
    container = part(payload, "container")
    if word(container, "type") != "message":
        return Origin(actor.direct, token)
    channel = word(container, "channel_id") or word(payload, "channel", "id")
    message = "" if flag(container, "is_ephemeral") else word(container, "message_ts")
    return Origin(place_of(actor, channel, word(payload, "channel", "name")), token, message)


def _values(payload: Json, action: Json) -> tuple[str, ...] | None:
    match kind_of(word(action, "action_id")):
        case kind if kind == PRESS:
            return (word(action, "value"),)
        case kind if kind == PICK:
            chosen = word(action, "selected_option", "value")
            return (chosen,) if chosen else None
        case kind if kind == DAY:
            day = word(action, "selected_date")
            return (day,) if day else None
        case kind if kind == DONE:
            return _chosen(payload, token_of(word(action, "block_id")))
        case _:
            return None


def _chosen(payload: Json, token: str) -> tuple[str, ...]:
    """What is chosen in all lists of a question, which may need several to hold its options."""
    state = part(payload, "state", "values") or part(payload, "view", "state", "values")
    blocks = sorted((block for block in state if token_of(block) == token), key=_number)
    values = [
        word(option, "value")
        for block in blocks
        for name in part(state, block)
        if kind_of(name) == MANY
        for option in parts(part(state, block, name), "selected_options")
    ]
    return tuple(dict.fromkeys(values))


def _number(block: str) -> int:
    number = block.rpartition("|")[2]
    return int(number) if number.isdecimal() else 0


def _clean(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tidy(value[: 4 * TEXT_LIMIT], TEXT_LIMIT) for value in values)
