"""The health page of a real process."""

import signal
import socket

import httpx

from tests.cli.test_service import command, plugin

__all__ = ["plugin"]


def test_a_running_process_tells_how_it_is(plugin: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"COUNTERPART_ADAPTERS": "paper", "COUNTERPART_HEALTH_PORT": str(port)}
    with command("run", **settings) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reached\n"
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            assert client.get("/healthz").text == "alive\n"
            for _ in range(200):
                # It is connected a moment after the platform was reached.
                if client.get("/readyz").status_code == 200:
                    break
            assert client.get("/readyz").text == "ready\n"
            assert 'counterpart_connected{platform="paper"} 1.0' in client.get("/metrics").text
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


def test_a_running_process_serves_the_site_where_it_is_wanted(plugin: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"COUNTERPART_ADAPTERS": "paper", "COUNTERPART_PORT": str(port), "COUNTERPART_SITE": "on"}
    with command("run", **settings) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reached\n"
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as client:
            answer = client.get("/")
            assert (answer.url.path, answer.status_code) == ("/site/", 404), "there is no program yet"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


def test_a_port_that_is_taken_is_named(plugin: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with command("run", COUNTERPART_ADAPTERS="paper", COUNTERPART_HEALTH_PORT=port) as process:
            _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"The health page cannot be served at 127.0.0.1, port {port}" in err and "Traceback" not in err


def test_a_port_of_the_site_that_is_taken_is_named(plugin: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with command("run", COUNTERPART_ADAPTERS="paper", COUNTERPART_PORT=port, COUNTERPART_SITE="on") as process:
            _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"The site cannot be served at 127.0.0.1, port {port}" in err and "Traceback" not in err
