"""What the site is written by: the reference, out of the code (``python -m docs.writing``), and its search."""
