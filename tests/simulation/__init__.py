"""A simulator of faults: whole rounds in virtual time, under one seed, on a platform that does its worst."""
