"""Meeting times: when partners are awake and at work, suggestions for a series of meetings, and its calendar file."""
