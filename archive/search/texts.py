"""The kept texts of what the index names: whether they bear a query out, and how well."""

from __future__ import annotations

from archive.readings import get_text
from archive.search.candidates import Candidate, Wanted
from archive.search.folding import fold
from archive.search.terms import Term
from archive.store import Archive

_MOST_KEPT = 2500


class Texts:
    """Texts by reading, unpacked once for one question."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self._kept: dict[int, str] = {}
        self._borne_out: dict[int, bool] = {}

    def get(self, reading: int) -> str:
        """A reading's text."""
        if reading not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[reading] = get_text(self.archive, reading)
        return self._kept[reading]

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
        heads = _heads(candidate)
        text = self.get(candidate.readings[0])
        often = sum(term.count_in(text) for term in terms)
        return sum(term.holds_any(heads) for term in terms), round(1000 * often / max(1, len(text)), 1)

    def _judge(self, wanted: Wanted, candidate: Candidate) -> bool:
        if wanted.name is not None and not wanted.name.holds_any(map(fold, candidate.names.split("\n"))):
            return False
        heads = _heads(candidate)
        waiting = [term for term in wanted.unproven if not term.holds_any(heads)]
        if any(term.excluded for term in wanted.unproven if term not in waiting):
            return False
        for reading in candidate.readings:
            if not waiting:
                return True
            left = _not_in(waiting, self.get(reading))
            if any(term.excluded for term in waiting if term not in left):
                return False
            waiting = left
        return all(term.excluded for term in waiting)


def _heads(candidate: Candidate) -> list[str]:
    return [fold(line) for line in f"{candidate.names}\n{candidate.titles}".split("\n")]


def _not_in(terms: list[Term], text: str) -> list[Term]:
    left = [term for term in terms if not term.surely_holds(text)]
    if left:
        folded = fold(text)
        left = [term for term in left if not term.holds(folded)]
    return left
