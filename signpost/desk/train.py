"""`make train`: `rasa train` with one progress line of its own; Rasa's own output goes to a log file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from signpost.desk.signature import sign

_STEPS = ("Language", "Normaliser", "Decision", "ThreeQuestions", "MemoizationPolicy", "IndexedRulePolicy")
_FINISHED = re.compile(r"Finished training component '(\w+)'|Restored component '(\w+)'")
_LOG = Path("models/train.log")
_MODEL = Path("models/signpost.tar.gz")


def main() -> int:
    """Train into models/signpost.tar.gz. Returns Rasa's exit code; on failure shows the lines that say why."""
    _LOG.parent.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LOG_LEVEL": "INFO",
    }
    command = [
        sys.executable,
        "-m",
        "rasa",
        "train",
        "--fixed-model-name",
        "signpost",
        "--domain",
        "domain.yml",
        "--data",
        "data",
        "--skip-validation",  # `make check` looks at all of that and more, and Rasa's would read everything a second time
    ]
    began, done = time.monotonic(), 0
    _show(0, "reading data/", began)
    with _LOG.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        for line in process.stdout or ():
            log.write(line)
            found = _FINISHED.search(line)
            if found:
                done += 1
                _show(done, found.group(1) or found.group(2), began)
    code = process.wait()
    if code == 0:
        sign(_MODEL)
        _show(len(_STEPS), "saved models/signpost.tar.gz", began)
        print(flush=True)
    else:
        lines = [line for line in _LOG.read_text(encoding="utf-8").splitlines() if re.search(r"error|exception|fault", line, re.I)]
        print("\n" + "\n".join(lines[-5:] or [f"Training failed; see {_LOG}."]), file=sys.stderr, flush=True)
    return code


def _show(done: int, what: str, began: float) -> None:
    bar = "#" * done + "." * (len(_STEPS) - done)
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\rTraining [{bar}] {time.monotonic() - began:4.0f} s  {what:<30}", end=end, flush=True)


if __name__ == "__main__":
    sys.exit(main())
