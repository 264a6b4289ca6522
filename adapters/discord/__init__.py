"""Discord: the adapter that makes a server a community."""
