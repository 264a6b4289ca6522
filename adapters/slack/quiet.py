"""How Slack's libraries are kept from writing down what people wrote, and how their clients are made."""

import logging

from slack_sdk.web.async_client import AsyncWebClient

TIMEOUT = 10
"""Seconds that one call of the Web API may take."""


def library_log() -> logging.Logger:
    """What Slack's libraries log to. Below a warning they write down whole payloads."""
    found = logging.getLogger("counterpart.slack")
    found.setLevel(logging.WARNING)
    return found


def client_for(token: str, api_url: str) -> AsyncWebClient:
    """A client that repeats nothing by itself: whether something is tried again is for the courier to say."""
    return AsyncWebClient(token or None, base_url=api_url, timeout=TIMEOUT, retry_handlers=[], logger=library_log())
