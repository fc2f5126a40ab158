"""A real nginx that serves a configuration of deploy/nginx/ for a test."""

from __future__ import annotations

import getpass
import grp
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deadline import until


@contextmanager
def serving(home: Path, configuration: str, port: int) -> Iterator[Path]:
    """Run nginx with `configuration` in its http section, as Debian's own nginx.conf has it: with a log of requests and of errors.

    Yields the file of everything that it logs, once `port` answers; `include` starts from `home`.
    """
    shutil.copy("/etc/nginx/mime.types", home / "mime.types")
    log, main = home / f"{port}.log", home / f"nginx-{port}.conf"
    scratch = "".join(f"{kind}_temp_path {home}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    main.write_text(
        f"user {getpass.getuser()} {grp.getgrgid(os.getegid()).gr_name}; daemon off;\n"
        f"pid {home}/{port}.pid; error_log stderr notice;\nevents {{}}\n"
        f"http {{\ninclude mime.types; access_log {log}; error_log {log} info;\n{scratch}{configuration}\n}}\n",
        encoding="utf-8",
    )
    with log.open("ab") as lines:
        process = subprocess.Popen([program(), "-e", "stderr", "-c", str(main)], stderr=lines)

    def answers() -> bool:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with socket.socket() as door:
            return door.connect_ex(("127.0.0.1", port)) == 0

    try:
        until("nginx answers", answers)
        yield log
    finally:
        process.terminate()
        process.wait(10)


def program() -> str:
    """Where nginx lies, which is not on everybody's path."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    assert found, "nginx is missing: apt-get install nginx-light"
    return found
