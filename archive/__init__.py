"""ROOM 2  keep, compare, show; all SQL lives here."""
