"""One connection: which addresses may be asked, TLS as portals speak it, the bytes that came."""
