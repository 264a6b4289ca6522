"""The compiled heart of pairing: a blossom algorithm whose weights and prices are vectors of whole numbers."""
