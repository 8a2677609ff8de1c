"""The tables of archive.db and payloads.db, as migrations.

A migration that has been released is never edited: a change is a new migration below the last.
``archive.db`` uses nothing newer than SQLite 3.40, so that any Python, Datasette or sqlite3 shell opens it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.schema.compared import COMPARED
from archive.schema.crawl import CRAWL, name_hosts
from archive.schema.events import EVENTS
from archive.schema.evidence import make_evidence_tables
from archive.schema.first import KEPT, LOOKED, UNDERSTOOD, make_sheet
from archive.schema.fixity import FIXITY
from archive.schema.form_columns import FIRST_SHEETS, STATISTICS_SHEET
from archive.schema.merge import make_merge_tables
from archive.schema.places import make_place_tables
from archive.schema.plugins import make_plugin_tables
from archive.schema.register import REGISTER
from archive.schema.search import make_search_tables
from archive.schema.templates import tell_against_templates
from archive.schema.views import VIEWS
from archive.schema.warc import WARC
from parsers.forms import label_of

ARCHIVE = Migrations("nianbao.archive")
PAYLOADS = Migrations("nianbao.payloads")


@ARCHIVE(name="0001_first")
def make_archive(db: Database) -> None:
    """Everything of the first release."""
    for part in (LOOKED, KEPT, UNDERSTOOD):
        _run(db, part)
    for sheet in FIRST_SHEETS:
        make_sheet(db, sheet)


@ARCHIVE(name="0002_register")
def make_register(db: Database) -> None:
    """What the registry expects of a site, its bodies, and which of them merged."""
    _run(db, REGISTER)


@ARCHIVE(name="0003_crawl")
def make_crawl(db: Database) -> None:
    """POSTs, hosts of the frontier, lists walked, pauses and robots.txt."""
    _run(db, CRAWL)
    name_hosts(db)


@ARCHIVE(name="0004_statistics")
def add_statistics(db: Database) -> None:
    """The statistics table of 2014 to 2018, document numbers, labels of rows left over, differing renditions."""
    _run(db, COMPARED)
    make_sheet(db, STATISTICS_SHEET)


@ARCHIVE(name="0005_evidence")
def make_evidence(db: Database) -> None:
    """Corrections, withdrawals, and the change sequence."""
    make_evidence_tables(db)


@ARCHIVE(name="0006_fixity")
def make_manifests(db: Database) -> None:
    """Manifests of what was captured; which files are sealed."""
    _run(db, FIXITY)


@ARCHIVE(name="0008_events")
def make_events(db: Database) -> None:
    """Which URLs a page named; when a file says that it was made."""
    _run(db, EVENTS)


@ARCHIVE(name="0009_warc")
def add_third_parties(db: Database) -> None:
    """Requests as they were sent, and captures that others made."""
    _run(db, WARC)


@ARCHIVE(name="0007_merge")
def make_origins(db: Database) -> None:
    """The archive's identity, and where runs and captures of other archives come from."""
    make_merge_tables(db)


@ARCHIVE(name="0010_plugins")
def make_plugins(db: Database) -> None:
    """What plug-ins read in the same bytes."""
    make_plugin_tables(db)


@ARCHIVE(name="0011_search")
def make_search(db: Database) -> None:
    """The search index with one row a report."""
    make_search_tables(db)


@ARCHIVE(name="0012_columns")
def make_column_index(db: Database) -> None:
    """The looks at a site's columns: a place's register asks for those of its sites alone."""
    db.execute("CREATE INDEX captures_columns ON captures (site, run) WHERE kind = 'column'")


@ARCHIVE(name="0013_zstd")
def allow_zstd(db: Database) -> None:
    """Texts of readings may be packed by zstd (``archive/packed/texts.py``), which earlier releases cannot unpack."""


@ARCHIVE(name="0014_places")
def make_places(db: Database) -> None:
    """Bodies by their region, and tallies of each region and year."""
    make_place_tables(db)


@PAYLOADS(name="0001_first")
def make_payloads(db: Database) -> None:
    """Bytes under the SHA-256 of what they are before compression; ``length`` is theirs as well."""
    db.execute(
        """
        CREATE TABLE payload (
            digest TEXT PRIMARY KEY,
            length INTEGER NOT NULL,
            coding TEXT NOT NULL CHECK (coding IN ('identity', 'zlib')),
            bytes BLOB NOT NULL
        ) STRICT
        """
    )


@PAYLOADS(name="0002_templates")
def make_templates(db: Database) -> None:
    """Pages told against earlier pages of their site (``archive/packed/templates.py``)."""
    tell_against_templates(db)


def bring_up_to_date(db: Database, migrations: Migrations) -> None:
    """One transaction: killed at any moment, it is the archive of an earlier release or one of this release, whole."""
    with db.atomic():
        migrations.apply(db)
        if migrations is ARCHIVE:
            put_views(db)
            put_labels(db)


def put_views(db: Database) -> None:
    """Makes the public views anew where this release defines them otherwise than the one that wrote them last."""
    kept = db.execute("SELECT sql FROM sqlite_master WHERE type = 'view'").fetchall()
    if sorted(sql for (sql,) in kept) != sorted(view.strip() for view in VIEWS):
        with db.atomic():
            drop_views(db)
            for view in VIEWS:
                db.execute(view)


def drop_views(db: Database) -> None:
    """Takes the views away: a migration that alters a table which they read does so first."""
    for view in db.view_names():
        db.execute(f"DROP VIEW {view}")


def put_labels(db: Database) -> None:
    """Writes the Chinese label of each cell, as the parsers' forms have it now, beside its key."""
    known = db.execute("SELECT DISTINCT key, label FROM form_cells").fetchall()
    stale = [(label_of(key), key) for key, label in known if label != label_of(key)]
    if stale:
        with db.atomic():
            db.conn.executemany("UPDATE form_cells SET label = ? WHERE key = ?", stale)


def _run(db: Database, statements: str) -> None:
    # Not executescript: it would commit the migration's transaction before its record is written.
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)
