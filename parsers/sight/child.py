"""Documents that are pictures, read by sight in a limited child of their own: its models are loaded once."""

from __future__ import annotations

from typing import IO

from parsers import child
from parsers.errors import Crashed, DocumentError, OutOfMemory, TooLarge
from parsers.limited.limits import SIGHT, cpu_seconds, limit_to
from parsers.report import Hints

_LARGEST_RESIDENT = 2 * 2**30


class Seer(child.Child):
    """A child that reads by sight; ``read`` and ``explain`` as those of ``Child``."""

    def __init__(self) -> None:
        super().__init__("parsers.sight.child", starting=SIGHT, resident=_LARGEST_RESIDENT)


def answer_to(payload: bytes, hints: Hints, _sink: IO[bytes], why: str = "") -> dict[str, object]:
    """One document → the frame that answers it, as ``parsers.child.answer_to``."""
    from parsers.reading import read_documents
    from parsers.sight.seeing import see
    from parsers.why import explain_documents, explanation_to_dict
    from parsers.wire_form import report_to_wire

    try:
        limit_to(SIGHT, cpu_seconds())
        if len(payload) > SIGHT.payload:
            raise TooLarge(f"expected at most {SIGHT.payload} bytes of pictures, found {len(payload)}")
        documents = (see(payload),)
        if why:
            found = explain_documents(documents, hints, why)
            return {"why": [None if one is None else explanation_to_dict(one) for one in found]}
        return {"reports": [report_to_wire(report) for report in read_documents(documents, hints)]}
    except DocumentError as error:
        return {"error": {"code": error.code, "says": error.says}}
    except MemoryError:
        return {"error": {"code": OutOfMemory.code, "says": "recognition needed more memory than its limit"}}
    except RecursionError:
        return {"error": {"code": Crashed.code, "says": "the document nests deeper than it can be followed"}}


if __name__ == "__main__":
    child.main(answer_to)
