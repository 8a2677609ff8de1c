"""Pages: charset, content, blocks and what a page says of itself."""
