"""The report of a pairing: one page that explains itself, with pictures, for whoever has to decide about it."""
