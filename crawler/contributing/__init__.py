"""What a contributor begins with: a page tried, a portal added, a new file and its failing test."""
