"""How bytes and texts are packed, and packed again only with what they need beside them."""
