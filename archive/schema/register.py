"""The tables of the register: what the registry expects of a site, its bodies, and which of them merged."""

from __future__ import annotations

REGISTER = """
ALTER TABLE sites ADD COLUMN fewest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN most INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sites ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(aliases));

CREATE TABLE site_bodies (
    site TEXT NOT NULL REFERENCES sites (code),
    name TEXT NOT NULL,
    region_code TEXT,
    source TEXT NOT NULL CHECK (source IN ('registry', 'roster')),
    url TEXT NOT NULL,
    first_listed TEXT NOT NULL,
    last_listed TEXT NOT NULL,
    PRIMARY KEY (site, name, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE mergers (
    site TEXT NOT NULL REFERENCES sites (code),
    body TEXT NOT NULL,
    into_body TEXT NOT NULL,
    report_year INTEGER NOT NULL,
    PRIMARY KEY (site, body)
) STRICT, WITHOUT ROWID
"""
