"""One module for each work that is measured; discovered, not listed."""
