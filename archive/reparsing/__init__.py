"""Kept bytes read again: by a new release of the parsers, or by a plug-in."""
