"""Puts the local platform together."""

from collections.abc import Sequence
from pathlib import Path

from adapters.local.crowd import Crowd
from adapters.local.journal import FileJournal, load
from adapters.local.outbound import LocalAdapter, Watch
from adapters.local.platform import Clock, Platform
from adapters.local.records import Account


def build(
    clock: Clock,
    *,
    journal: Path | None = None,
    accounts: Sequence[Account] = (),
    crowd: Crowd | None = None,
    keep_texts: bool = True,
    watch: Watch | None = None,
    community: str = "playground",
) -> LocalAdapter:
    """The local platform with these accounts on it, as it was when its journal was last written.

    Without a journal nothing outlives the process. The clock is turned forward to the journal's last moment.
    Raises DamagedJournal when the file holds something else.
    """
    # Read to its end before it is opened for writing: a torn last line is cut off first.
    records = tuple(load(journal)) if journal else ()
    file = FileJournal(journal) if journal else None
    platform = Platform(clock, file, community=community, crowd=crowd, keep_texts=keep_texts)
    platform.replay(records)
    for account in accounts:
        platform.add(account)
    return LocalAdapter(platform, watch=watch)
