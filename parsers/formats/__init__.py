"""One file per file format, discovered: ``sniff(payload)``, ``convert(payload)`` → Document."""
