"""The verbs of this room, loaded when they are called."""
