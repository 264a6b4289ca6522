"""The steps by which a database was brought to each version's form, oldest first in `versions/`."""
