"""What the engine tells about its work while it works; whoever wants to count it hands in a meter of their own."""


class Meter:
    """Takes note of nothing. A meter that does must never raise, and must be quick: it is called within the work."""

    def beat(self) -> None:
        """The bell has come round once more."""

    def handled(self, kind: str, outcome: str) -> None:
        """An event of that kind (said, answered …) was handled: done, failed (to be tried again) or parked."""

    def took(self, part: str, seconds: float) -> None:
        """A turn of that part (inbox, continuation, calendar) took so long, in real time."""

    def attempted(self, kind: str, outcome: str) -> None:
        """An act of that kind was taken in hand: sent, found, retry, unknown, dead or late."""

    def paced(self, platform: str, seconds: float) -> None:
        """An act waits so long, lest the platform be written to faster than it allows."""
