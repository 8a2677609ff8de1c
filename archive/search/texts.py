"""The kept texts of what the index names: whether they bear a query out, and how well."""

from __future__ import annotations

from collections.abc import Iterable

from archive.readings import get_text, get_texts
from archive.search.candidates import Candidate, Wanted
from archive.search.terms import Said
from archive.store import Archive

_MOST_KEPT = 2500


class Texts:
    """Texts by reading, unpacked once for one question."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._kept: dict[int, Said] = {}
        self._borne_out: dict[int, bool] = {}

    def get(self, reading: int) -> Said:
        """A reading's text."""
        if reading not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[reading] = Said(get_text(self.archive, reading))
        return self._kept[reading]

    def fetch(self, wanted: Iterable[int]) -> None:
        """Has the texts of some readings ready that will be asked for."""
        readings = [one for one in wanted if one not in self._kept]
        if len(self._kept) + len(readings) > _MOST_KEPT:
            self._kept.clear()
        self._kept |= {reading: Said(text) for reading, text in get_texts(self.archive, readings).items()}

    def bear_out(self, wanted: Wanted, candidate: Candidate) -> bool:
        """Whether every unproven term holds in the texts, titles or names, and no excluded one does."""
        if wanted.is_proven:
            return True
        if candidate.place not in self._borne_out:
            self._borne_out[candidate.place] = self._judge(wanted, candidate)
        return self._borne_out[candidate.place]

    def score(self, wanted: Wanted, candidate: Candidate) -> tuple[int, float]:
        """(terms that stand in title or name, occurrences of all in 1,000 characters of the first text)."""
        terms = wanted.query.wanted
        said = self.get(candidate.readings[0])
        often = sum(term.count(said) for term in terms)
        heads = _heads(candidate.titles, candidate.names)
        return sum(any(map(term.holds, heads)) for term in terms), round(1000 * often / max(1, len(said.text)), 1)

    def _judge(self, wanted: Wanted, candidate: Candidate) -> bool:
        if wanted.name is not None and not any(map(wanted.name.holds, _heads(candidate.names))):
            return False
        first, *others = candidate.readings
        # Titles and names follow the first text, apart: no term goes across what no text has.
        heads = f"{candidate.titles}\n{candidate.names}".replace("\n", "\0")
        texts = [Said(f"{self.get(first).text}\0{heads}"), *map(self.get, others)]
        return all(any(map(term.holds, texts)) != term.excluded for term in wanted.unproven)


def _heads(*lines: str) -> list[Said]:
    """Titles and names, each for itself."""
    return [Said(line) for each in lines for line in each.split("\n")]
