"""The imagined Discord as one thing: state, and the deeds that change it and are told to the gateway.

Deeds check no permissions and no limits: the routes do that for the app, and `person` for people.
"""

from tests.discordserver.deeds_messages import MessageDeeds


class World(MessageDeeds):
    """All deeds (`deeds_*.py`) on all state (`core.py`, `state.py`)."""
