"""The demo portal and its documents: an invented county on loopback."""
