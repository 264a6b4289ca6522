"""The platforms: each package translates between one platform and `bot.language`."""
