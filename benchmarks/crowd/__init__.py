"""A thousand small portals on loopback, and who crawls them."""
