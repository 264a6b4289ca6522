"""Conversations as data: typed steps, a pure engine, and the runner that keeps where each person is."""
