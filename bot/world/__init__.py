"""Pure knowledge of the world: countries, zones, daytime, names of people. No I/O, nothing of ours."""
