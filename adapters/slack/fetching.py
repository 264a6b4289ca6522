"""Files that people send to the bot in their direct conversation: brought from Slack, and from nowhere else."""

import asyncio
from typing import Any, cast

import aiohttp

from adapters.slack.calls import AGAIN, Calls
from adapters.slack.workspaces import Workspace
from bot.language.acts import FetchFile
from bot.language.adapter import Gone, Refused, Retry
from bot.language.fetched import at_most, may_lie_at
from bot.language.payload import number, part, word

HOSTS = frozenset({"files.slack.com", "files.slack-gov.com"})
"""Where Slack keeps files. The bot's token goes nowhere else."""
_CHUNK = 65_536
_OK, _GONE = 200, (404, 410)
_BUSY = 429


async def fetch(calls: Calls, workspace: Workspace, act: FetchFile, patience: float) -> bytes:
    """What is in a file. Raises Retry, Gone, Refused; nothing that is raised bears an address or a token."""
    answer = await calls.call(workspace, "files.info", {"file": act.reference})
    file = part(answer, "file")
    if number(file, "size") > act.most_bytes:
        raise Refused("the file is too large")
    url = word(file, "url_private_download") or word(file, "url_private")
    client = cast(Any, workspace.client)
    if not may_lie_at(url, HOSTS, str(client.base_url)):
        raise Refused("the file is not kept by Slack")
    try:
        async with (
            asyncio.timeout(patience),
            aiohttp.ClientSession() as session,
            session.get(
                url,
                headers={"Authorization": f"Bearer {client.token}"},
                # Whoever lacks the permission is led to a page where people sign in.
                allow_redirects=False,
                proxy=client.proxy,
                ssl=client.ssl or True,
            ) as got,
        ):
            if got.status == _OK:
                return await at_most(act.most_bytes, got.content.iter_chunked(_CHUNK), "Slack")
            status = got.status
    except (TimeoutError, aiohttp.ClientError, OSError) as problem:
        raise Retry(AGAIN, f"a file could not be brought from Slack ({type(problem).__name__})") from None
    if status in _GONE:
        raise Gone("The file is not there any more.")
    if status == _BUSY or status >= 500:
        raise Retry(AGAIN, f"a file could not be brought from Slack (status {status})")
    raise Refused(f"Slack does not hand out the file ({status}). Counterpart may lack the permission files:read.")
