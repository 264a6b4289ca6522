"""What those who take part get at the end."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Certificates:
    """Whether those who complete a round get a certificate."""

    send: bool = False
    name_days: int = 3
    """Days given to say what name shall stand on it; then it is made as the name is known."""
