"""How a running Counterpart is, for whatever watches over it: alive, ready, and its numbers."""
