"""What a file that is brought from elsewhere must keep to: where it may lie, and how large it may be. Pure."""

from collections.abc import AsyncIterable, Collection
from urllib.parse import urlsplit

from bot.language.adapter import Refused

_HTTPS = 443


def may_lie_at(url: str, hosts: Collection[str], base: str) -> bool:
    """Whether a file may be fetched from this address: from one of the platform's own hosts, by https.

    Or from whatever stands in the place of the platform by the settings, at `base`; empty where nothing does. Addresses
    with somebody's name in them, or that cannot be read, never are.
    """
    try:
        there, here = urlsplit(url), urlsplit(base)
        port, own = there.port, here.port
    except ValueError:
        return False
    if there.username is not None or there.password is not None:
        return False
    if base and (there.scheme, there.hostname, port) == (here.scheme, here.hostname, own):
        return True
    return there.scheme == "https" and port in (None, _HTTPS) and there.hostname in hosts


async def at_most(most: int, chunks: AsyncIterable[bytes], platform: str) -> bytes:
    """All that comes. Raises Refused as soon as it is more than `most` bytes, whatever size `platform` had told."""
    found = bytearray()
    async for chunk in chunks:
        found += chunk
        if len(found) > most:
            raise Refused(f"the file is larger than {platform} said")
    return bytes(found)
