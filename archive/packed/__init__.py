"""How bytes, texts and figures are packed, and bytes again only with what they need beside them."""
