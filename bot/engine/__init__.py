"""How anything happens, once and only once: inbox, outbox, courier, pace, calendar, clock, bell."""
