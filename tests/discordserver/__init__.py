"""A small Discord for tests; see the README beside this file."""
