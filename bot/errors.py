"""What can go wrong in ways that a person should hear of in words."""

from typing import Any


class Problem(Exception):
    """Somebody asked for what cannot be done. Nothing was changed; `key` names the text that tells them.

    `values` fill the text's placeholders.
    """

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(f"{key} {values}" if values else key)
        self.key = key
        self.values = values


class NotAllowed(Problem):
    """Somebody asked for what they may not do. They are told so, and nothing else."""

    def __init__(self, key: str = "access.denied", **values: Any) -> None:
        super().__init__(key, **values)
