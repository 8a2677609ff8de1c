"""The tables of migration 0001: looks, what is kept of them, what was understood, one wide table a form's table."""

from __future__ import annotations

from sqlite_utils import Database

from archive.schema.form_columns import AMOUNTS, Sheet

LOOKED = """
CREATE TABLE sites (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    home TEXT NOT NULL,
    hosts TEXT NOT NULL CHECK (json_valid(hosts)),
    family TEXT NOT NULL,
    seeds TEXT NOT NULL CHECK (json_valid(seeds))
) STRICT;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    scope TEXT NOT NULL,
    started_at TEXT NOT NULL,
    resumed_at TEXT,
    ended_at TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'abandoned'))
) STRICT;
CREATE INDEX runs_open ON runs (scope) WHERE state = 'open';

CREATE TABLE resources (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL,
    url_key TEXT NOT NULL UNIQUE,
    site TEXT NOT NULL,
    good_capture INTEGER REFERENCES captures (id),
    alive_capture INTEGER REFERENCES captures (id),
    look_capture INTEGER REFERENCES captures (id)
) STRICT;
CREATE INDEX resources_site ON resources (site);

CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    resource INTEGER NOT NULL REFERENCES resources (id),
    url TEXT NOT NULL,
    captured_at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER,
    header BLOB NOT NULL,
    payload TEXT,
    wire TEXT,
    kind TEXT NOT NULL,
    seed TEXT NOT NULL,
    via TEXT NOT NULL,
    link_text TEXT NOT NULL,
    site TEXT NOT NULL,
    location TEXT NOT NULL,
    peer TEXT NOT NULL,
    says TEXT NOT NULL,
    title TEXT NOT NULL,
    published TEXT NOT NULL,
    revisit_of INTEGER REFERENCES captures (id),
    revisit_profile TEXT CHECK (revisit_profile IN ('identical-payload-digest', 'server-not-modified')),
    CHECK ((revisit_of IS NULL) = (revisit_profile IS NULL))
) STRICT;
CREATE INDEX captures_run ON captures (run);
CREATE INDEX captures_resource ON captures (resource);
CREATE INDEX captures_payload ON captures (payload);
CREATE INDEX captures_to_read ON captures (id)
    WHERE kind IN ('article', 'attachment', 'import') AND outcome IN ('fetched', 'not_modified');

CREATE TABLE frontier (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    url TEXT NOT NULL,
    url_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    seed TEXT NOT NULL,
    via TEXT NOT NULL,
    link_text TEXT NOT NULL,
    site TEXT NOT NULL,
    depth INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'done')),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    outcome TEXT,
    capture INTEGER REFERENCES captures (id),
    UNIQUE (run, url_key),
    CHECK ((state = 'done') = (outcome IS NOT NULL))
) STRICT;
CREATE INDEX frontier_queued ON frontier (run, priority DESC, id) WHERE state = 'queued';
CREATE INDEX frontier_leased ON frontier (run) WHERE state = 'leased'
"""

KEPT = """
CREATE TABLE organisations (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    region_code TEXT
) STRICT;
CREATE UNIQUE INDEX organisations_body ON organisations (name, coalesce(region_code, ''));

CREATE TABLE organisation_names (
    organisation INTEGER NOT NULL REFERENCES organisations (id),
    printed TEXT NOT NULL,
    PRIMARY KEY (organisation, printed)
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    id INTEGER PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisations (id),
    report_year INTEGER NOT NULL,
    reading INTEGER REFERENCES readings (id),
    UNIQUE (organisation, report_year)
) STRICT;

CREATE TABLE report_problems (
    report INTEGER NOT NULL REFERENCES reports (id),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    says TEXT NOT NULL,
    place TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('note', 'warning', 'error')),
    PRIMARY KEY (report, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE renditions (
    id INTEGER PRIMARY KEY,
    report INTEGER NOT NULL REFERENCES reports (id),
    format TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    resource INTEGER NOT NULL REFERENCES resources (id),
    UNIQUE (report, format, ordinal)
) STRICT;
CREATE INDEX renditions_resource ON renditions (resource);

CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    rendition INTEGER NOT NULL REFERENCES renditions (id),
    number INTEGER NOT NULL,
    payload_digest TEXT NOT NULL,
    content_digest TEXT,
    converter TEXT,
    parser TEXT,
    first_captured TEXT NOT NULL,
    last_captured TEXT NOT NULL,
    first_capture INTEGER NOT NULL REFERENCES captures (id),
    UNIQUE (rendition, number),
    CHECK ((content_digest IS NULL) = (converter IS NULL) AND (content_digest IS NULL) = (parser IS NULL))
) STRICT;
CREATE INDEX versions_first_capture ON versions (first_capture);

CREATE TABLE sightings (
    capture INTEGER NOT NULL REFERENCES captures (id),
    version INTEGER NOT NULL REFERENCES versions (id),
    PRIMARY KEY (capture, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_version ON sightings (version);

CREATE TABLE documents (
    capture INTEGER PRIMARY KEY REFERENCES captures (id),
    code TEXT NOT NULL,
    says TEXT NOT NULL,
    parser TEXT NOT NULL
) STRICT;
CREATE INDEX documents_code ON documents (code);

CREATE TABLE unread (
    version INTEGER PRIMARY KEY REFERENCES versions (id),
    code TEXT NOT NULL,
    says TEXT NOT NULL,
    parser TEXT NOT NULL,
    tried_at TEXT NOT NULL
) STRICT
"""

UNDERSTOOD = """
CREATE TABLE readings (
    id INTEGER PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES versions (id),
    current INTEGER NOT NULL CHECK (current IN (0, 1)),
    parser TEXT NOT NULL,
    converter TEXT NOT NULL,
    made_at TEXT NOT NULL,
    format TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    title TEXT NOT NULL,
    organisation TEXT,
    body_name TEXT NOT NULL,
    body_region_code TEXT,
    report_year INTEGER,
    region_code TEXT,
    published TEXT,
    phone TEXT,
    proactive_form TEXT,
    requests_form TEXT,
    disputes_form TEXT,
    numbers INTEGER NOT NULL,
    holds INTEGER NOT NULL,
    broken INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX readings_current ON readings (version) WHERE current = 1;
CREATE INDEX readings_version ON readings (version);

CREATE TABLE reading_bodies (
    reading INTEGER PRIMARY KEY REFERENCES readings (id),
    body BLOB NOT NULL,
    places BLOB NOT NULL
) STRICT;

CREATE TABLE identities (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    across TEXT NOT NULL,
    UNIQUE (name, across)
) STRICT;

CREATE TABLE reading_checks (
    reading INTEGER NOT NULL REFERENCES readings (id),
    position INTEGER NOT NULL,
    identity INTEGER NOT NULL REFERENCES identities (id),
    state TEXT NOT NULL CHECK (state IN ('H', 'B', 'U')),
    "left" ANY,
    "right" ANY,
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_problems (
    reading INTEGER NOT NULL REFERENCES readings (id),
    position INTEGER NOT NULL,
    code TEXT NOT NULL,
    says TEXT NOT NULL,
    place TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('note', 'warning', 'error')),
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_leftovers (
    reading INTEGER NOT NULL REFERENCES readings (id),
    position INTEGER NOT NULL,
    raw TEXT NOT NULL,
    place TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading_claims (
    reading INTEGER NOT NULL REFERENCES readings (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value ANY NOT NULL,
    span TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE form_cells (
    sheet TEXT NOT NULL,
    form TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('count', '10k_yuan')),
    label TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sheet, form, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_cells_key ON form_cells (key);

CREATE VIRTUAL TABLE search_index USING fts5 (
    title, organisation, body, content = '', tokenize = 'unicode61 remove_diacritics 0'
);

CREATE TABLE searched (
    reading INTEGER PRIMARY KEY REFERENCES readings (id),
    words TEXT NOT NULL
) STRICT
"""


def make_sheet(db: Database, sheet: Sheet) -> None:
    """The wide table of one table of a form, and its cells in ``form_cells``."""
    columns = ",\n    ".join(f"{column} ANY" for column in sheet.columns)
    db.execute(
        f"""
        CREATE TABLE {sheet.name} (
            reading INTEGER PRIMARY KEY REFERENCES readings (id),
            {columns},
            marks TEXT,
            prints TEXT,
            palette TEXT
        ) STRICT
        """
    )
    for position, key in enumerate(sheet.keys):
        db.execute(
            """
            INSERT INTO form_cells (sheet, form, position, key, unit)
            VALUES (:sheet, :form, :position, :key, :unit)
            """,
            {
                "sheet": sheet.table,
                "form": sheet.form,
                "position": position,
                "key": key,
                "unit": "10k_yuan" if key in AMOUNTS else "count",
            },
        )
