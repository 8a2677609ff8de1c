"""ROOM 3  understand: pure functions, bytes → Document → Report; no network, no SQL, no clock."""
