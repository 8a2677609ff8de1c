"""Pieces of the RTF reader (Rich Text Format Specification 1.9.1): tokens → text → rows → blocks."""
