"""One module a resource, discovered from this folder; each offers its operations as ``router``."""
