"""A small Slack for tests: the Web API, Socket Mode, signed requests, and people who press buttons. See README.md."""
