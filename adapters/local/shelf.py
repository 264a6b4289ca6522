"""What has been written on the local platform, kept for the page. Headless runs do without it."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.language.messages import Choices, Input, Message
from bot.language.places import Address


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it stands. `author` is an account, or empty for the bot; people's messages have only `text`.

    `pressed` is what was last chosen on it, `presser` who did that.
    """

    reference: str
    at: datetime
    address: Address
    author: str = ""
    text: str = ""
    message: Message | None = None
    kind: str = ""
    only_for: str = ""
    edited: bool = False
    pressed: tuple[str, ...] = ()
    presser: str = ""

    @property
    def questions(self) -> tuple[Choices | Input, ...]:
        """The elements that can be answered."""
        elements = self.message.elements if self.message else ()
        return tuple(element for element in elements if isinstance(element, Choices | Input))


def run_of(token: str) -> str:
    """The run that a flow's token (`flow:RUN:STEP:REVISION`) belongs to; empty for any other token."""
    parts = token.split(":")
    return parts[1] if len(parts) >= 4 and parts[0] == "flow" else ""


class Shelf:
    """All messages by reference and by place, and which of a flow's questions is the newest."""

    def __init__(self) -> None:
        self._shown: dict[str, Shown] = {}
        self._places: dict[str, list[str]] = {}
        self._newest: dict[tuple[str, str], str] = {}
        self._bearers: dict[tuple[str, str], str] = {}

    def get(self, reference: str) -> Shown | None:
        """The message of this reference."""
        return self._shown.get(reference)

    def at(self, address: Address) -> tuple[Shown, ...]:
        """All messages at this address, oldest first."""
        return tuple(self._shown[reference] for reference in self._places.get(str(address), ()))

    def all(self) -> tuple[Shown, ...]:
        """All messages, oldest first."""
        return tuple(self._shown.values())

    def bearer(self, address: Address, token: str) -> str:
        """The reference of the newest message there that carries this token, empty when there is none."""
        return self._bearers.get((str(address), token), "")

    def put(self, shown: Shown) -> tuple[str, ...]:
        """Keep a new message or the new state of one. Returns the references whose look changed."""
        place = str(shown.address)
        if shown.reference not in self._shown:
            self._places.setdefault(place, []).append(shown.reference)
        self._shown[shown.reference] = shown
        changed = [shown.reference]
        self._bearers |= {(place, question.token): shown.reference for question in shown.questions}
        for run in {run_of(question.token) for question in shown.questions} - {""}:
            before = self._newest.get((place, run), "")
            # An edited old question must not become the newest again.
            if shown.reference > before:
                self._newest[place, run] = shown.reference
                changed += [before] if before else []
        return tuple(changed)

    def press(self, reference: str, presser: str, values: tuple[str, ...]) -> tuple[str, ...]:
        """Note what was chosen on a message. Returns the references whose look changed."""
        shown = self._shown.get(reference)
        if shown is None:
            return ()
        self._shown[reference] = replace(shown, pressed=values, presser=presser)
        return (reference,)

    def is_open(self, shown: Shown) -> bool:
        """Whether its questions wait for an answer.

        A flow's question is over once it was answered or a newer one of the same run stands in the same place. Other
        buttons (a case's, a proposal's) stay until the bot edits them away.
        """
        runs = {run_of(question.token) for question in shown.questions} - {""}
        if not runs:
            return bool(shown.questions)
        place = str(shown.address)
        return not shown.pressed and all(self._newest[place, run] == shown.reference for run in runs)
