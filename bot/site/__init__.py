"""The program's public site: facts from the kit and from rows, and pages made of them. `bot.cli` writes them to files.

`gathering` reads the rows, `pages` is pure, `writing` puts pages into a folder, `serving` answers with them over HTTP.
"""
