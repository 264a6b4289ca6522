"""What the core and the adapters say to each other: frozen dataclasses, no I/O, no SQL."""
