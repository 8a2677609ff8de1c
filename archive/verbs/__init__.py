"""The verbs of this room, one file each or a few that belong together, loaded when they are called."""
