"""The report of a round: its pictures with their words, as one page and as a paper for a board."""
