"""Bodies: whose report it is, under which names, of what kind, in which place."""
