"""ROOM 1  find and fetch; hands Captures to archive, knows nothing of PDF or SQL."""
