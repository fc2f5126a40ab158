"""Trains and starts a project, and says how long that took and how much memory it holds."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.projects import ROOT
from signpost.desk.run import free_port
from signpost.desk.signature import sign

_CORE = {0}  # of the assistant; the load comes from the others
_PATIENCE_SECONDS = 300
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "RASA_TELEMETRY_ENABLED": "false",
    "PYTHONWARNINGS": "ignore",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "LOG_LEVEL": "ERROR",
    "ACTION_ENDPOINT_URL": "http://127.0.0.1:9/webhook",
    "SIGNPOST_LIMIT": "off",
}


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and seconds that cores worked: the second is the fairer one on a busy machine."""

    wall: float
    cpu: float


def train(project: Path) -> Spent:
    """Train `project` anew. Raises CalledProcessError when Rasa fails."""
    command = [sys.executable, "-m", "rasa", "train", "--skip-validation", "--force", "--fixed-model-name", "model"]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with (project / "train.log").open("w") as log:
        environment = {**ENVIRONMENT, "RASA_MAX_CACHE_SIZE": "0"}
        subprocess.run(command, cwd=project, env=environment, check=True, stdout=log, stderr=log)  # noqa: S603
    sign(project / "models" / "model.tar.gz", keys=project / ".keys")  # an unsigned model is not started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


@dataclass(frozen=True)
class Running:
    """An assistant that answers."""

    pid: int
    port: int
    ready_after: Spent

    def memory(self) -> float:
        """Megabytes that it holds now."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def worked(self) -> float:
        """Seconds that cores have worked for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(project: Path) -> Iterator[Running]:
    """Run the trained `project` on one core and its port; it is ended with the context."""
    port = free_port()
    command = [sys.executable, "-m", "rasa", "run", "-m", "models/model.tar.gz", "--interface", "127.0.0.1", "--port", str(port)]
    command += ["--credentials", "credentials.yml"]
    one_core = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    if (project / "endpoints.yml").exists():
        command += ["--endpoints", "endpoints.yml"]
    began = time.monotonic()
    with (project / "run.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=project, env={**ENVIRONMENT, **one_core}, stdout=log, stderr=log, preexec_fn=lambda: os.sched_setaffinity(0, _CORE)
        )
    try:
        _wait(process, port, project)
        state = Running(process.pid, port, Spent(time.monotonic() - began, 0.0))
        yield Running(process.pid, port, Spent(state.ready_after.wall, state.worked()))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, project: Path) -> None:
    limit = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise RuntimeError(f"The assistant did not start; see {project / 'run.log'}.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/webhooks/rest/", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The assistant did not answer; see {project / 'run.log'}.")
