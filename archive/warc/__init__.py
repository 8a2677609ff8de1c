"""Web archives in the standard formats: WARC 1.1 (ISO 28500:2017), WACZ 1.1.1, written here, read from anybody."""
