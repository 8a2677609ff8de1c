"""DOC to cells and text, through the warm and limited child, with all that it starts.

Beside it catdoc, its start included, and LibreOffice, that runs already: what a further document costs it. CPU of a
document, means of those in tests/documents and of $NIANBAO_CORPUS if it is there.
"""

from __future__ import annotations

from benchmarks.table.figures import Missing, Required, Row, Scale, beside

TITLE = "DOC"
_ROUNDS = 3


def measure(scale: Scale) -> list[Row]:
    """Beside catdoc and LibreOffice."""
    from benchmarks.speed.__main__ import cpu_of_ours, files_of
    from benchmarks.speed.programs import cpu_of_catdoc, cpu_of_libreoffice

    files, turns = files_of(".doc", ()), scale.pick(3, 9)
    catdoc: list[tuple[float, float]] = []
    office: list[tuple[float, float]] = []
    peak = 0.0
    for turn in range(_ROUNDS):
        cpu, memory = cpu_of_ours(files, turns)
        ours, peak = cpu * 1e3, max(peak, memory)
        spent = [cpu_of_catdoc(file) for file in files for _ in range(turns)]
        catdoc += [(ours, sum(one for one in spent if one is not None) / len(spent) * 1e3)] if None not in spent else []
        if turn == 0 or not scale.is_short:  # it takes longest, and is far from its bound
            cost = cpu_of_libreoffice(files)
            office += [] if cost is None else [(ours, cost * 1e3)]
    found: list[Row] = []
    for name, pairs, required in (
        ("catdoc", catdoc, Required(most=10.0)),
        ("LibreOffice, running", office, Required(times=10.0)),
    ):
        row = beside(f"a document of {len(files)}", name, pairs, "ms", required, (peak, None)) if pairs else None
        found.append(row or Missing(name, "not installed"))
    return found
