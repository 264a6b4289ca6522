"""The numbers of one process and of its database, in the text form that Prometheus reads.

What happens is counted where it happens, by a `Meter`; how much waits is read from the database when it is asked for.
"""

from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.engine.meter import Meter
from bot.health.stock import Stock

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics(Meter):
    """Counts what the engine does, and tells it together with what waits."""

    def __init__(self) -> None:
        self._beat = monotonic()
        self._reached: set[str] = set()
        self._registry = into = CollectorRegistry()
        self._events = Counter(
            "counterpart_events", "Events that were handled: done, failed (tried again later), parked.",
            ["kind", "outcome"], registry=into,
        )  # fmt: skip
        self._turns = Histogram(
            "counterpart_turn_seconds", "How long a batch of events, or a watch of the calendar, took.",
            ["part"], registry=into, buckets=_SECONDS,
        )  # fmt: skip
        self._acts = Counter(
            "counterpart_acts",
            "Acts that were taken in hand: sent, found (an earlier attempt had done it), retry, unknown, dead, late"
            " (put off to the same hour of the next day).",
            ["kind", "outcome"], registry=into,
        )  # fmt: skip
        self._paced = Counter(
            "counterpart_pace_waits", "How often an act had to wait for the platform's pace.",
            ["platform"], registry=into,
        )  # fmt: skip
        self._waited = Counter(
            "counterpart_pace_wait_seconds", "How long acts had to wait for the platform's pace, in all.",
            ["platform"], registry=into,
        )  # fmt: skip
        self._bell = _gauge(into, "bell_age_seconds", "Since the bell came round for the last time.")
        self._connected = Gauge(
            "counterpart_connected", "Whether the platform is connected by this process.", ["platform"], registry=into
        )
        self._database = _gauge(into, "database_up", "Whether the database answers. Without it, what is below is old.")
        self._new = _gauge(into, "inbox_waiting", "Events that are stored and not handled yet.")
        self._lag = _gauge(into, "inbox_lag_seconds", "Since the oldest of them came.")
        self._parked = _gauge(into, "inbox_parked", "Events whose handler failed to the last.")
        self._due = _gauge(into, "outbox_due", "Acts that are due and have not gone out.")
        self._late = _gauge(into, "outbox_lag_seconds", "Since the oldest of them was due.")
        self._planned = _gauge(into, "outbox_planned", "Acts that are to go out later.")
        self._unknown = _gauge(into, "outbox_unknown", "Acts of which nobody knows whether they were done.")
        self._dead = _gauge(into, "outbox_dead", "Acts that can never succeed.")
        self._moments = _gauge(into, "moments_due", "Moments of rounds that are due and not handled yet.")
        self._calendar = Gauge(
            "counterpart_calendar_lag_seconds", "Since the first thing was due that this watch has not handled.",
            ["watch"], registry=into,
        )  # fmt: skip

    @property
    def described(self) -> dict[str, str]:
        """What each number means, by the name under which it is told."""
        families = self._registry.collect()
        named = ((f"{one.name}_total" if one.type == "counter" else one.name, one) for one in families)
        return {name: one.documentation for name, one in named}

    @property
    def silent_for(self) -> float:
        """Seconds since the bell came round for the last time, or since the beginning."""
        return monotonic() - self._beat

    @property
    def reached(self) -> frozenset[str]:
        """The platforms that are connected."""
        return frozenset(self._reached)

    def beat(self) -> None:
        """See `Meter`."""
        self._beat = monotonic()

    def handled(self, kind: str, outcome: str) -> None:
        """See `Meter`."""
        self._events.labels(kind, outcome).inc()

    def took(self, part: str, seconds: float) -> None:
        """See `Meter`."""
        self._turns.labels(part).observe(seconds)

    def attempted(self, kind: str, outcome: str) -> None:
        """See `Meter`."""
        self._acts.labels(kind, outcome).inc()

    def paced(self, platform: str, seconds: float) -> None:
        """See `Meter`."""
        self._paced.labels(platform).inc()
        self._waited.labels(platform).inc(max(0.0, seconds))

    def connected(self, platform: str, *, now: bool) -> None:
        """A platform is connected now, or not any more."""
        (self._reached.add if now else self._reached.discard)(platform)
        self._connected.labels(platform).set(now)

    def text(self, stock: Stock | None) -> bytes:
        """All numbers; `stock` is None when the database does not answer: its numbers stay as they were then."""
        self._bell.set(self.silent_for)
        self._database.set(stock is not None)
        if stock is not None:
            self._new.set(stock.new)
            self._lag.set(stock.inbox_lag)
            self._parked.set(stock.parked)
            self._due.set(stock.due)
            self._late.set(stock.outbox_lag)
            self._planned.set(stock.planned)
            self._unknown.set(stock.unknown)
            self._dead.set(stock.dead)
            self._moments.set(stock.moments)
            for watch, lag in stock.calendar.items():
                self._calendar.labels(watch).set(lag)
        return generate_latest(self._registry)


def _gauge(registry: CollectorRegistry, name: str, what: str) -> Gauge:
    return Gauge(f"counterpart_{name}", what, registry=registry)
