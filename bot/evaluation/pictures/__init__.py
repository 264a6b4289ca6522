"""The pictures of a report, drawn by matplotlib from series. Loaded only for a report: the library is an extra."""
