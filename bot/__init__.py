"""The platform-neutral core of Counterpart."""
