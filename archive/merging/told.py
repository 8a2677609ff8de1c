"""What one merge has taken, known already, and found to be in conflict."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two statements about one thing. ``code``:

    - ``same_origin``: two different looks, or runs, of one number of one archive (it was copied, and both copies went
      on): both are kept;
    - ``withdrawn``: a payload that one of the archives has withdrawn and the other still had: it is withdrawn;
    - ``correction``: two corrections of one cell that do not agree: both are kept, the later is in force;
    - ``reading``: one version read differently: the reading of the newer release stands, of one release the later;
    - ``placed``: one look taken for different reports: as the newer release says;
    - ``damaged``: bytes of the other archive that are not as they were kept: not taken.

    ``subject`` names the thing; ``says`` tells both sides.
    """

    code: str
    subject: str
    says: str


@dataclass(slots=True)
class Told:
    """``counts``: runs, captures, payloads, reports, versions, readings, corrections, withdrawals that are new here;
    ``read``: versions that had to be read from their bytes; ``known``: captures that were here already.
    """

    counts: Counter[str] = field(default_factory=Counter)
    conflicts: list[Conflict] = field(default_factory=list)

    def conflict(self, code: str, subject: str, says: str) -> None:
        """Notes one, once."""
        found = Conflict(code, subject, says)
        if found not in self.conflicts[-100:]:
            self.conflicts.append(found)
