"""Archives of generated reports, for rows that need many."""
