"""How to quote a version, and the package that proves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as Folder
from tempfile import TemporaryFile
from threading import BoundedSemaphore

from archive.errors import Withdrawn
from archive.payloads import why_withdrawn
from archive.proof.citing import Citation, citation_of, cite_bibtex, cite_gbt
from archive.proof.contents import Chosen
from archive.proof.package import write_proof
from archive.store import Archive
from archive.web.answers import Plain
from archive.web.asked import Asked
from archive.web.errors import TooBusy
from archive.web.pages_found import Path
from archive.web.versions_meant import standing_of

_TURNS = BoundedSemaphore(2)  # packages made at a time: each draws pages, and all of them share the cores
_PIECE = 2**16


def as_gbt(asked: Asked) -> Plain:
    """``/cite/{digest}.gbt``: GB/T 7714—2015. Raises NotFound."""
    return _quoted(cite_gbt(_citation(asked)) + "\n", "text/plain; charset=utf-8", f"nianbao-{_short(asked)}.txt")


def as_bibtex(asked: Asked) -> Plain:
    """``/cite/{digest}.bib``: BibTeX. Raises NotFound."""
    return _quoted(
        cite_bibtex(_citation(asked)) + "\n", "application/x-bibtex; charset=utf-8", f"nianbao-{_short(asked)}.bib"
    )


def package(asked: Asked) -> Plain:
    """``/proof/{digest}.zip``: what ``nianbao proof`` writes of a version; ``cell`` names the one cell to be boxed.

    The answer begins at once and the package follows when it is made. Raises NotFound, Withdrawn, TooBusy.
    """
    digest = asked.digest()
    why = why_withdrawn(asked.archive, digest)
    if why is not None:
        raise Withdrawn(asked.say("report.withdrawn_says", why=why))
    standing, _ = standing_of(asked, digest)
    if not _TURNS.acquire(blocking=False):
        raise TooBusy(asked.say("report.proof_busy"))
    pieces = _Package(asked.archive.folder, Chosen(standing.version, asked.text("cell")))
    name = f"nianbao-proof-{digest[:16]}.zip"
    return Plain(pieces, "application/zip", {"Content-Disposition": f'attachment; filename="{name}"'})


class _Package:
    """A package as pieces of bytes, made when the first is asked for; its turn ends with it, whatever happens."""

    def __init__(self, folder: Folder, chosen: Chosen) -> None:
        self._pieces = _pieces_of(folder, chosen)
        self._has_turn = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self._end()
            raise

    def __del__(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._has_turn:
            self._has_turn = False
            _TURNS.release()


def _pieces_of(folder: Folder, chosen: Chosen) -> Iterator[bytes]:
    with TemporaryFile() as out:
        with Archive.open(folder, write=False) as archive:
            write_proof(archive, [chosen], out)
        out.seek(0)
        while piece := out.read(_PIECE):
            yield piece


def _citation(asked: Asked) -> Citation:
    digest = asked.digest()
    standing, _ = standing_of(asked, digest)
    return replace(citation_of(asked.archive, standing.version), payload_digest=digest)


def _short(asked: Asked) -> str:
    return asked.digest()[:16]


def _quoted(text: str, media_type: str, name: str) -> Plain:
    return Plain(text.encode("utf-8", "replace"), media_type, {"Content-Disposition": f'inline; filename="{name}"'})


PATHS = (
    Path("/cite/{digest}.gbt", as_gbt),
    Path("/cite/{digest}.bib", as_bibtex),
    Path("/proof/{digest}.zip", package),
)
