"""One call of Slack's Web API: what becomes of everything that can go wrong."""

import asyncio
import socket
from collections.abc import AsyncGenerator

import pytest
from structlog.testing import capture_logs

from adapters.slack.calls import AGAIN, FORMS, ONCE, READING, Calls, Json
from adapters.slack.paces import POST, TIER_OF, Paces
from adapters.slack.problems import verdict
from adapters.slack.workspaces import Workspace
from bot.language.adapter import Gone, Refused, Retry, Unknown
from tests.adapters.slack_outward import Bench, Time, open_bench
from tests.slackserver.faults import HTML, RESET_AFTER, RESET_BEFORE, Kind, error, ratelimited, slow, status
from tests.slackserver.spec import GENERAL_ERRORS, methods

SECRET_WORDS = "what Ana wrote to Bo"
POSTING = (POST, {"channel": "U1", "text": SECRET_WORDS})
READ = ("users.info", {"user": "U1"})
PUBLISHING = ("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": []}})


@pytest.fixture
async def bench() -> AsyncGenerator[Bench]:
    async with open_bench() as bench:
        yield bench


async def there(bench: Bench) -> Workspace:
    found = await bench.installed.workspace(bench.team)
    assert found is not None
    return found


async def called(bench: Bench, what: tuple[str, Json], patience: float = 10.0) -> Json:
    calls = Calls(Paces(Time(bench.house.clock)), patience)
    return await calls.call(await there(bench), *what)


async def test_answers(bench: Bench) -> None:
    assert (await called(bench, POSTING))["message"]["text"] == SECRET_WORDS
    assert (await called(bench, READ))["user"]["real_name"] == "Ana Ruiz"
    assert (await called(bench, PUBLISHING))["view"]["type"] == "home"


@pytest.mark.parametrize("kind", [status(500), status(503), HTML, RESET_BEFORE, RESET_AFTER, error("internal_error")])
async def test_an_answer_that_does_not_come(bench: Bench, kind: Kind) -> None:
    """What would be done twice must be looked up; everything else may be asked for again."""
    bench.server.faults.add("*", kind)
    with pytest.raises(Unknown):
        await called(bench, POSTING)
    for what in (READ, PUBLISHING):
        with pytest.raises(Retry) as caught:
            await called(bench, what)
        assert caught.value.seconds == AGAIN
    # The HTTP client may ask once more for what is only read; what changes something is sent once.
    assert (len(bench.calls(POST)), len(bench.calls("views.publish"))) == (1, 1)


async def test_an_answer_that_comes_too_late(bench: Bench) -> None:
    release = asyncio.Event()
    bench.server.faults.add("*", slow(release))
    with pytest.raises(Unknown):
        await called(bench, POSTING, patience=0.2)
    with pytest.raises(Retry):
        await called(bench, READ, patience=0.2)
    release.set()
    assert len(bench.calls()) == 2


@pytest.mark.parametrize("what", [POSTING, READ])
async def test_nobody_listens(bench: Bench, what: tuple[str, Json]) -> None:
    with socket.socket() as taken:
        # Bound, but not listening: whoever connects is refused.
        taken.bind(("127.0.0.1", 0))
        bench.installed.api_url = f"http://127.0.0.1:{taken.getsockname()[1]}/api/"
        with pytest.raises(Retry) as caught:
            await called(bench, what)
    assert caught.value.seconds == AGAIN
    assert bench.calls() == []


async def test_slack_asks_for_patience(bench: Bench) -> None:
    bench.server.faults.add(POST, ratelimited(30), times=1)
    calls, workspace = Calls(Paces(Time(bench.house.clock))), await there(bench)
    for _ in range(3):
        with pytest.raises(Retry) as caught:
            await calls.call(workspace, *POSTING)
        assert caught.value.seconds == 30
    assert len(bench.calls()) == 1, "it is not asked again before"
    await calls.call(workspace, *READ)
    bench.house.clock.turn(30)
    await calls.call(workspace, *POSTING)


async def test_a_limit_that_others_have_used_up(bench: Bench) -> None:
    """Somebody else's calls with the same token count, too."""
    for _ in range(3):
        await bench.house.client.chat_postMessage(channel="U1", text="x")
    with pytest.raises(Retry) as caught:
        await called(bench, POSTING)
    assert caught.value.seconds == 1
    assert bench.server.limited == {POST: 1}


async def test_the_pace_is_kept_before_anything_is_sent(bench: Bench) -> None:
    calls, workspace = Calls(Paces(Time(bench.house.clock))), await there(bench)
    await calls.call(workspace, *POSTING)
    await calls.call(workspace, *POSTING)
    with pytest.raises(Retry):
        await calls.call(workspace, *POSTING)
    assert len(bench.calls()) == 2
    assert bench.server.limited == {}


async def test_errors_that_are_answers(bench: Bench) -> None:
    calls, workspace = Calls(Paces(Time(bench.house.clock))), await there(bench)
    answer = await calls.call(workspace, "users.info", {"user": "U9"}, takes=("user_not_found",))
    assert answer["error"] == "user_not_found"
    with pytest.raises(Gone, match="user_not_found"):
        await calls.call(workspace, "users.info", {"user": "U9"})


async def test_pages(bench: Bench) -> None:
    calls, workspace = Calls(Paces(Time(bench.house.clock))), await there(bench)
    channel = bench.house.workspace.add_channel("many", [f"U{n}" for n in range(25)], private=True, bot=True)
    arguments = {"channel": channel.id, "limit": 10}
    found = [answer async for answer in calls.pages(workspace, "conversations.members", arguments)]
    assert [len(answer["members"]) for answer in found] == [10, 10, 6]
    with pytest.raises(Unknown):
        async for _ in calls.pages(workspace, "conversations.members", arguments | {"limit": 1}):
            pass


async def test_permissions_are_named(bench: Bench) -> None:
    bench.house.workspace.installation.scopes -= {"chat:write"}
    with pytest.raises(Refused, match=r"lacks the permission chat:write \(missing_scope\)"):
        await called(bench, POSTING)


@pytest.mark.parametrize(("deed", "code"), [("uninstall", "account_inactive"), ("revoke_tokens", "token_revoked")])
async def test_the_token_is_void(bench: Bench, deed: str, code: str) -> None:
    workspace = await there(bench)
    await getattr(bench.house.workspace, deed)()
    with pytest.raises(Retry, match=code) as problem:
        await Calls(Paces(Time(bench.house.clock))).call(workspace, *POSTING)
    assert problem.value.seconds == 600, "what is to be sent waits until the app is installed again"


async def test_nothing_that_was_written_comes_out(bench: Bench) -> None:
    """Neither texts nor tokens stand in what is raised or logged."""
    faults = bench.server.faults
    kinds = (status(500), HTML, RESET_AFTER, error("internal_error"), error("invalid_blocks"), ratelimited(1))
    for number, kind in enumerate(kinds, 1):
        faults.add(POST, kind, nth=number)
    long = {"channel": "U1", "text": SECRET_WORDS, "blocks": [{"type": "header", "text": {"text": SECRET_WORDS}}]}
    said: list[str] = []
    with capture_logs() as logs:
        for number in range(8):
            calls = Calls(Paces(Time(bench.house.clock)))
            try:
                await calls.call(await there(bench), POST, long if number > 5 else POSTING[1])
            except (Retry, Gone, Refused, Unknown) as problem:
                said += [str(problem), repr(problem.__cause__), repr(problem.__suppress_context__)]
    assert len(said) == 24
    assert said.count("None") == 8
    everything = f"{said} {logs}"
    assert SECRET_WORDS not in everything and bench.house.workspace.token not in everything
    assert ["/blocks/0/text/type"] in [each["at"] for each in logs if each["event"] == "slack_refused"]


# The table of errors

USED = sorted({*TIER_OF, POST} - {"views.open", "views.update"})


def codes() -> list[tuple[str, str]]:
    return [(method, code) for method in USED for code in sorted(methods()[method].errors | GENERAL_ERRORS)]


@pytest.mark.parametrize("method", USED)
def test_each_error_of_the_reference_has_a_sentence(method: str) -> None:
    for code in methods()[method].errors | GENERAL_ERRORS:
        found = verdict(method, code)
        assert code in found.text and found.text.endswith(".") and len(found.text) > 25
        assert (found.seconds > 0) == (found.kind in ("retry", "unsure"))


def test_what_counterpart_is_to_blame_for() -> None:
    """Only what it sends wrongly: everything else is told in words that a coordinator can act upon."""
    blamed = {code for method, code in codes() if "fault of Counterpart" in verdict(method, code).text}
    assert {"invalid_blocks", "invalid_arguments", "msg_too_long", "no_text", "metadata_too_large"} <= blamed
    assert not blamed & {
        "restricted_action", "not_in_channel", "missing_scope", "invalid_auth", "token_revoked", "is_archived",
        "channel_not_found", "user_disabled", "ratelimited", "name_taken", "messages_tab_disabled", "not_enabled",
        "ekm_access_denied", "restricted_action_read_only_channel", "account_inactive", "internal_error",
        "team_access_not_granted", "cant_invite", "too_many_users", "message_limit_exceeded", "is_inactive",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "code", "kind"),
    [
        (POST, "channel_not_found", "gone"),
        (POST, "is_archived", "gone"),
        ("chat.update", "is_inactive", "gone"),
        ("chat.update", "message_not_found", "gone"),
        ("conversations.open", "user_disabled", "gone"),
        ("users.info", "user_not_found", "gone"),
        (POST, "restricted_action", "refused"),
        (POST, "not_in_channel", "refused"),
        (POST, "something_new", "refused"),
        (POST, "rate_limited", "retry"),
        ("bookmarks.add", "too_many_requests", "retry"),
        (POST, "team_added_to_org", "retry"),
        (POST, "fatal_error", "unsure"),
    ],
)
def test_kinds_of_errors(method: str, code: str, kind: str) -> None:
    assert verdict(method, code).kind == kind


def test_how_methods_are_called() -> None:
    assert {name for name in USED if methods()[name].verb == "GET"} == READING
    assert {name for name in USED if name not in READING and not methods()[name].json} == FORMS
    assert set(USED) >= ONCE
