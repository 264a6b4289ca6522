"""What the pictures of a report show: frozen numbers and the words for them, counted from a round's history. Pure.

Nothing here draws, so that numbers and words can be checked without looking at pixels.
"""
