"""Slack: direct messages, private channels, slash commands, and the App Home, through slack-bolt."""
