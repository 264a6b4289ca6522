"""What people may do on the local platform, as on any other: see, write and press only where they are."""

from adapters.local.crowd import Action, Delete, Enter, Leave, Press, Say
from adapters.local.inbound import where
from adapters.local.shelf import Shelf
from adapters.local.world import World
from bot.language.messages import Choices, Input
from bot.language.places import Address, Place


def why_not(action: Action, world: World, shelf: Shelf | None) -> str:
    """The reason why this cannot be done, as a sentence for whoever tried; empty when it can."""
    user, place = action.account, where(action, world.hall)
    if user not in world.accounts:
        return "There is no such account here."
    if isinstance(action, Enter):
        return _why_not_enter(user, place, world)
    if not world.is_here(user):
        return "This account has left the community."
    if not world.may_see(user, place):
        return "This account is not in that place."
    if isinstance(action, Leave):
        return "" if place.place in (Place.ROOM, Place.HALL) else "Only a room or the community can be left."
    if not world.is_open(place):
        return "This room is closed. Nothing can be written here any more."
    match action:
        case Say() if action.files and place.place is not Place.DIRECT:
            return "Files can be sent to the bot alone, in the conversation with it."
        case Say():
            return "" if action.text.strip() or action.files else "Please write something first."
        case Press() if shelf is not None:
            return _why_not_press(action, shelf)
        case Delete():
            return "" if place.place is Place.ROOM else "Only a room can be deleted."
        case _:
            return ""


def _why_not_enter(user: str, place: Address, world: World) -> str:
    if place.place is Place.HALL:
        return "This account is here already." if world.is_here(user) else ""
    if not world.is_here(user):
        return "This account has left the community."
    if place.place is not Place.ROOM or not world.is_open(place):
        return "There is no such room to enter."
    return "This account is in that room already." if world.may_see(user, place) else ""


def _why_not_press(action: Press, shelf: Shelf) -> str:
    shown = shelf.get(action.message or shelf.bearer(action.address, action.token))
    if shown is None or shown.address != action.address or shown.only_for not in ("", action.account):
        return "There is no such message here."
    # One question may have several elements under one token: options, an input, the small buttons beneath.
    questions = [question for question in shown.questions if question.token == action.token]
    reasons = [_why_not_answer(action, question) for question in questions]
    if not reasons:
        return "This question is not open any more."
    return "" if "" in reasons else reasons[0]


def _why_not_answer(action: Press, question: Choices | Input) -> str:
    if isinstance(question, Input):
        return "" if len(action.values) == 1 else "Please write one answer."
    known = {option.value for option in question.options}
    if not set(action.values) <= known or len(set(action.values)) != len(action.values):
        return "This is not one of the choices."
    return "" if question.many or len(action.values) == 1 else "Please choose one."
