"""What stands on a page, whatever the family: links, the shapes of URLs, other pages of a list."""
