"""Tables of a document × the forms: which figure stands in which cell."""
