"""What a run says while it is under way: lines for a person on a terminal, JSON lines for programs, and its log."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from tqdm import tqdm

from archive.clock import read_clock, stamp

RUN_LOG = "run.log"
_SAID = logging.getLogger("nianbao.run")
_OURS = "nianbao.run"


def note(event: str, words: str, level: int = logging.INFO, **facts: object) -> None:
    """Says that something happened: its name (``pause``), words for a person, and facts beside (``host``, ``seconds``).

    Where no logbook is open (a probe, a test), warnings alone are heard, on standard error.
    """
    _SAID.log(level, words, extra={"event": event, "facts": facts})


class Logbook:
    """Everything that is noted from its opening to its closing, each line with the number of the run.

    On standard error as words where that is a terminal, else one JSON object a line: ``time``, ``level``, ``run``,
    ``event``, ``words``, and the facts beside. The same JSON in ``run.log``, behind what earlier processes of the run
    wrote there. What the libraries warn of is there too, under the name of the one who does.
    """

    def __init__(self, run: int, folder: Path | None) -> None:
        line = _JsonLine(run)
        shown = _Terminal() if sys.stderr.isatty() else logging.StreamHandler(sys.stderr)
        shown.setFormatter(_WordsLine(run) if sys.stderr.isatty() else line)
        self._handlers: list[logging.Handler] = [shown]
        if folder is not None:
            kept = _File(folder / RUN_LOG)
            kept.setFormatter(line)
            self._handlers.append(kept)
        for handler in self._handlers:
            handler.addFilter(_is_told)
            logging.getLogger().addHandler(handler)
        self._before = _SAID.level
        _SAID.setLevel(logging.INFO)

    def close(self) -> None:
        """Ends it; what is noted later is not in it."""
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
        self._handlers = []
        _SAID.setLevel(self._before)


def is_open() -> bool:
    """Whether a logbook takes what libraries warn of."""
    return any(isinstance(handler.formatter, _JsonLine | _WordsLine) for handler in logging.getLogger().handlers)


def _is_told(record: logging.LogRecord) -> bool:
    return record.name == _OURS or record.levelno >= logging.WARNING


class _JsonLine(logging.Formatter):
    def __init__(self, run: int) -> None:
        super().__init__()
        self._run = run

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": stamp(read_clock()),
            "level": record.levelname.lower(),
            "run": self._run,
            "event": getattr(record, "event", record.name),
            "words": _words_of(self, record),
        }
        return json.dumps(said | getattr(record, "facts", {}), ensure_ascii=False)


class _WordsLine(logging.Formatter):
    def __init__(self, run: int) -> None:
        super().__init__()
        self._run = run

    def format(self, record: logging.LogRecord) -> str:
        loud = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        words = f"{read_clock().astimezone():%H:%M:%S} run {self._run}: {loud}{_words_of(self, record)}"
        # What a server said may stand in it, and a terminal obeys control characters.
        return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in words)


def _words_of(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    words = record.getMessage()
    return f"{words}\n{formatter.formatException(record.exc_info)}" if record.exc_info else words


class _Terminal(logging.Handler):
    """Standard error where a bar may be drawn on it."""

    def emit(self, record: logging.LogRecord) -> None:
        tqdm.write(self.format(record), file=sys.stderr)


class _File(logging.FileHandler):
    """A file that is given up when it cannot be written: a run does not end because its log has no room."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:  # it could not be opened
            self.handleError(record)

    def close(self) -> None:
        try:
            super().close()
        except OSError as error:  # what it could not write is still to be written
            self._give_up(error)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 – logging's
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self._give_up(error)
        else:
            super().handleError(record)

    def _give_up(self, error: OSError) -> None:
        if self.level > logging.CRITICAL:
            return
        self.setLevel(logging.CRITICAL + 1)
        print(f"nianbao: the run goes on without {self.baseFilename}: {error.strerror}", file=sys.stderr)
