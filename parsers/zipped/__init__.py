"""What stands in a ZIP archive: its members by name and bytes, within limits."""
