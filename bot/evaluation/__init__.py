"""What a round was like, from its rows: the facts, what they suggest, and how they are told.

All of it is pure; `bot.program.histories` reads the rows.
"""
