"""What the pages look up in the archive: one question a file."""
