"""Log lines that cannot hold what a person typed, whatever log level is set and whichever library writes them.

Rasa writes messages into its debug lines, and any library may write one into an error. So only Signpost's own lines, which hold no
words of a person, pass as they are; of every other line the place in the code is kept and the words are not.
"""

from __future__ import annotations

import logging
import resource
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

_OURS = "signpost"
_FRAMES = 6  # of a fault, the innermost ones
logger = logging.getLogger(__name__)


class TextFree(logging.Formatter):
    """Formats a record without any value that it carries, unless Signpost itself wrote it."""

    def __init__(self, listening: Callable[[], bool]) -> None:
        """`listening`: whether people can already type; before that, lines are about the start and stay whole."""
        super().__init__()
        self._listening = listening

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: when, how bad, who, and words only if they are ours."""
        ours = record.name.split(".")[0] == _OURS
        if not self._listening() and not ours:
            return super().format(record)
        words = record.getMessage() if ours else f"{record.module}:{record.lineno} (words withheld)"
        fault = record.exc_info[1] if record.exc_info else None
        return f"{self.formatTime(record)} {record.levelname} {record.name} {words}{''.join(_places(fault))}"


def keep_words_out(listening: Callable[[], bool] = lambda: True) -> None:
    """From now on this process writes no person's words to its logs, its error output or a core dump.

    Debug and info lines are off at every level of every logger; handlers that exist now, a log file's too, get the text-free format.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable(logging.INFO)
    logging.raiseExceptions = False  # else a line that cannot be formatted is printed with all its values
    logging.captureWarnings(True)
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.StreamHandler())
    form = TextFree(listening)
    for handler in _handlers():
        handler.setFormatter(form)
    sys.excepthook = _on_fault
    threading.excepthook = _on_thread_fault
    sys.unraisablehook = _on_lost_fault


def _handlers() -> Iterator[logging.Handler]:
    known = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
    for found in known:
        if isinstance(found, logging.Logger):
            yield from found.handlers
    if logging.lastResort is not None:
        yield logging.lastResort


def _places(fault: BaseException | None) -> Iterator[str]:
    """The kind of a fault and where it arose, its cause too; never its message, which may quote what it stumbled over."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield f"\n  {type(fault).__name__}"
        for frame in traceback.extract_tb(fault.__traceback__)[-_FRAMES:]:
            yield f"\n    {frame.filename}:{frame.lineno} in {frame.name}"
        fault = fault.__cause__ or fault.__context__


def _on_fault(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.critical("The process ends after a fault.", exc_info=(kind, fault, trace))


def _on_thread_fault(arguments: threading.ExceptHookArgs) -> None:
    logger.error("A thread has ended after a fault of kind %s.", arguments.exc_type.__name__)


def _on_lost_fault(arguments: Any) -> None:
    logger.error("A fault of kind %s was lost on the way.", arguments.exc_type.__name__)
