"""The command line: each command reads what it is given, calls the program, and says in words what came of it."""
