"""The data interface under /api/v1: what the archive holds, for programs, in pages that can be walked."""
