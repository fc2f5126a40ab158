"""`make run WORKERS=2`: Redis, the action server, several assistants and nginx on one machine; nothing is left behind on Ctrl-C.

A hang-up signal (`make reload`) replaces one assistant after the other, with the model that lies there then, and no turn is lost.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType

from jinja2 import TemplateError

from signpost.conversation.buttons import secret
from signpost.desk.run import (
    Ending,
    NotReady,
    action_server_command,
    assistant_command,
    check_before_start,
    environment_of_processes,
    free_port,
    no_core_files,
    read_register,
    started,
    stop,
    wait_until_ready,
)
from signpost.desk.unavailable import write
from signpost.register.content import Content
from signpost.register.content_file import ContentFault
from signpost.web_chat.rate_limit import PROXIES_NAME

_RULES = Path("deploy/nginx/workers.conf")
_ENDPOINTS = Path("deploy/endpoints.yml")
_REWRITE_SECONDS = 60.0  # how old the opening hours may be on the page that stands in when no worker answers
_STARTS = 4  # of one process within a minute; one that ends more often by itself is not started again
_DRAIN_SECONDS = 3.0  # after which no message is on its way to an assistant that nginx no longer knows; a turn takes 2 s at most
_HERE = "127.0.0.1"


class StandIn:
    """What nginx sends when no worker answers, as files in one folder."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`folder`: one that is there by the time of the first `write`."""
        self._folder, self._clock = folder, clock
        self._content: Content | None = None  # of the last time that went well
        self._written = 0.0

    def write(self, content: Content) -> None:
        """Write it from `content` as it is true now. Raises NotReady when that cannot be; what was there then stays."""
        self._written = self._clock()
        try:
            write(content, self._folder, datetime.now(timezone.utc))
        except ContentFault as fault:
            raise NotReady(str(fault)) from fault
        except (OSError, LookupError, TemplateError) as fault:
            reason = f"{type(fault).__name__}: {fault}"
            raise NotReady(f"The page that stands in when no assistant answers cannot be written ({reason}).") from fault
        self._content = content

    def refresh(self) -> None:
        """Write it again once a minute. A file with a fault is told and stops nothing: what was read before is written in its place."""
        if self._clock() - self._written <= _REWRITE_SECONDS:
            return
        try:
            self.write(read_register())
        except NotReady as fault:
            print(f"{fault} Whoever runs goes on.", file=sys.stderr, flush=True)
            if self._content is not None:
                with suppress(NotReady):  # told already
                    self.write(self._content)


class Team:
    """The processes of one machine. Used by one thread; `processes()` are all that run now."""

    def __init__(self, host: str, port: int, model: Path, folder: Path) -> None:
        """`folder`: an empty one of this run's own, for sockets and nginx's files. Raises NotReady when a program is missing."""
        self._host, self._port, self._model, self._folder = host, port, model, folder
        self._redis_folder, self._conf = folder / "redis", folder / "signpost"
        self._stand_in = StandIn(self._conf)
        self._commands: dict[str, list[str]] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._starts: dict[str, list[float]] = defaultdict(list)  # when each was started, in monotonic seconds
        self._workers: dict[str, int] = {}  # name -> port
        self._made = 0
        actions_port = free_port()
        self._environment = {
            **environment_of_processes(_HERE, actions_port),
            "REDIS_URL": f"unix://{self._redis_folder}/redis.sock",
            "SIGNPOST_SECRET": secret().decode(),
            PROXIES_NAME: _HERE,  # nginx on this machine tells whose request it is; all others would share one limit
        }
        self._commands["redis"] = _redis_command(self._redis_folder)
        self._commands["action server"] = action_server_command(actions_port)
        self._commands["nginx"] = [_program("nginx"), "-e", "stderr", "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]

    def processes(self) -> list[subprocess.Popen[bytes]]:
        """All processes, in the order in which they should end: the door first."""
        return [process for name, process in sorted(self._running.items(), key=lambda item: item[0] != "nginx")]

    def worker_ports(self) -> list[int]:
        """The ports of the assistants."""
        return list(self._workers.values())

    def start(self, workers: int) -> None:
        """Start everything; return when the door answers. Raises NotReady."""
        self._redis_folder.mkdir(mode=0o700)
        self._conf.mkdir()
        self._stand_in.write(read_register())
        for name in ("redis", "action server"):
            self._start(name)
        names = [self._new_worker() for _ in range(workers)]
        for name in names:
            self._wait(name)
        self._write_nginx(self._workers.values())
        self._start("nginx")
        wait_until_ready(f"http://{self._host}:{self._port}/health/ready", self.processes())

    def replace_workers(self) -> None:
        """Start a new assistant for each one, send the messages there, and only then end the old one.

        Raises NotReady or OSError when a new one does not start: that one is ended, and the old ones go on.
        """
        for old in list(self._workers):
            new = self._new_worker()
            try:
                self._wait(new)
                self._write_nginx(port for name, port in self._workers.items() if name != old)
            except (NotReady, OSError):
                del self._workers[new]
                self._end(new)
                raise
            gone = self._workers.pop(old)
            self._running["nginx"].send_signal(signal.SIGHUP)
            time.sleep(_DRAIN_SECONDS)
            self._end(old)
            print(f"Replaced: the assistant on port {gone} by one on port {self._workers[new]}.", flush=True)

    def mend(self) -> None:
        """Start again whatever has ended by itself. Raises NotReady when that happens right after a start."""
        for name, process in list(self._running.items()):
            code = process.poll()
            if code is None:
                continue
            starts = self._starts[name] = [then for then in self._starts[name] if then > time.monotonic() - 60]
            if len(starts) >= _STARTS:
                raise NotReady(f"The {name} ends again and again by itself (code {code}); the lines above say why.")
            print(f"The {name} has ended by itself (code {code}). Starting it again.", file=sys.stderr, flush=True)
            self._start(name)

    def refresh(self) -> None:
        """Keep the page true that stands in when no worker answers."""
        self._stand_in.refresh()

    def _start(self, name: str) -> None:
        self._starts[name].append(time.monotonic())
        self._running[name] = started(self._commands[name], self._environment)

    def _new_worker(self) -> str:
        self._made += 1
        name, port = f"assistant {self._made}", free_port()
        self._commands[name] = assistant_command(_HERE, port, self._model, _ENDPOINTS)
        self._start(name)
        self._workers[name] = port
        return name

    def _end(self, name: str) -> None:
        """End a process that is not to be started again. It counts as running until it has ended, should this be interrupted."""
        stop([self._running[name]])
        del self._running[name], self._commands[name]

    def _wait(self, name: str) -> None:
        wait_until_ready(f"http://{_HERE}:{self._workers[name]}/health/ready", [self._running[name]])

    def _write_nginx(self, ports: Iterable[int]) -> None:
        """Tell nginx, when it reads its files next, to send messages to the assistants on `ports`."""
        ready = "".join(f"server {_HERE}:{port} max_fails=2 fail_timeout=3s;\n" for port in ports)
        (self._conf / "workers.conf").write_text(ready, encoding="utf-8")
        (self._conf / "listen.conf").write_text(f"listen {self._host}:{self._port};\n", encoding="utf-8")
        (self._conf / "folder.conf").write_text(f"root {self._conf};\n", encoding="utf-8")
        scratch = "".join(f"{kind}_temp_path {self._folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self._folder / "nginx.conf").write_text(
            f"pid {self._folder}/nginx.pid;\nerror_log stderr crit;\nworker_processes 1;\nevents {{ worker_connections 4096; }}\n"
            f"http {{\n{scratch}include {_RULES.resolve()};\n}}\n",
            encoding="utf-8",
        )


def main() -> int:
    """Run until Ctrl-C. Returns 0 after a clean stop, 1 when the start failed."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--host", default=_HERE)
    ask.add_argument("--port", type=int, default=5005)
    ask.add_argument("--model", type=Path, default=Path("models/signpost.tar.gz"))
    ask.add_argument("--workers", type=int, default=2)
    args = ask.parse_args()
    asked_to_replace: list[bool] = []

    def remember(_number: int, _frame: FrameType | None) -> None:
        asked_to_replace.append(True)

    ending = Ending()
    no_core_files()
    signal.signal(signal.SIGHUP, remember)
    folder = Path(tempfile.mkdtemp(prefix="signpost-"))
    folder.chmod(0o711)  # nginx's own user reads the page in it
    team: Team | None = None
    try:
        check_before_start(args.model, args.host, args.port)
        team = Team(args.host, args.port, args.model, folder)
        began = time.monotonic()
        print(f"Starting: Redis, action server, {args.workers} assistants (about 10 seconds each on one core), nginx ...", flush=True)
        team.start(args.workers)
        ports = " and ".join(map(str, team.worker_ports()))
        print(f"Ready after {time.monotonic() - began:.0f} s: assistants on ports {ports}.", flush=True)
        print(f"The chat is at http://{args.host}:{args.port}/chat  (Ctrl-C stops it)", flush=True)
        while not ending.asked:
            time.sleep(0.5)
            team.mend()
            team.refresh()
            if asked_to_replace:
                asked_to_replace.clear()
                _replace(team, args.model, args.host)
        return 0
    except KeyboardInterrupt:
        return 0
    except NotReady as fault:
        print(fault, file=sys.stderr, flush=True)
        return 1
    finally:
        if team is not None:
            stop(team.processes())
        shutil.rmtree(folder, ignore_errors=True)


def _replace(team: Team, model: Path, host: str) -> None:
    """Replace the assistants, or say why that cannot be: those that run go on either way."""
    try:
        check_before_start(model, host, free_port())
        team.replace_workers()
    except (NotReady, OSError) as fault:
        print(f"Not replaced: {fault} The assistants that run go on.", file=sys.stderr, flush=True)
    else:
        print("All assistants are new.", flush=True)


def _redis_command(folder: Path) -> list[str]:
    """Redis on a socket that only this user may open; nothing of it is ever written to a disk."""
    only_memory = ["--save", "", "--appendonly", "no"]
    place = ["--port", "0", "--unixsocket", str(folder / "redis.sock"), "--unixsocketperm", "700", "--dir", str(folder)]
    return [_program("redis-server"), *place, *only_memory, "--loglevel", "warning"]


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        raise NotReady(
            f"{name} is missing, which several workers need. Install it (apt-get install nginx redis-server) or run without WORKERS."
        )
    return found


if __name__ == "__main__":
    sys.exit(main())
