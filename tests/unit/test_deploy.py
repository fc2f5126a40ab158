"""What is shipped for other machines is read by its own tools and agrees with the programs it starts."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from signpost.web_chat.doors import _SERVER
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
COMMANDS = ("deploy/endpoints.yml", "credentials.yml")


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "signpost").mkdir()
    for name in ("workers.conf", "listen.conf", "folder.conf"):
        text = (DEPLOY / "container" / "nginx" / name).read_text(encoding="utf-8")
        (tmp_path / "signpost" / name).write_text(re.sub(r"assistant\d", "127.0.0.1", text), encoding="utf-8")
    main = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ include {DEPLOY}/nginx/workers.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    assert nginx, "apt-get install nginx"
    said = subprocess.run([nginx, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr


def test_nothing_of_a_person_is_logged_by_nginx() -> None:
    text = (DEPLOY / "nginx" / "workers.conf").read_text(encoding="utf-8")
    assert "access_log off;" in text
    assert len(re.findall(r"access_log", text)) == 1


def test_nginx_closes_an_idle_connection_before_a_worker_does() -> None:
    text = (DEPLOY / "nginx" / "workers.conf").read_text(encoding="utf-8")
    nginx = re.search(r"keepalive_timeout (\d+)s;", text)
    assert nginx
    assert int(nginx.group(1)) < _SERVER["KEEP_ALIVE_TIMEOUT"]


@pytest.mark.parametrize("unit", ["signpost@.service", "signpost-actions.service", "signpost-unavailable.service"])
def test_systemd_reads_the_units(unit: str, tmp_path: Path) -> None:
    place = tmp_path / unit
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    # systemd looks for each program; here they lie in this tree
    place.write_text(re.sub(r"/opt/signpost/\.venv/bin/python|/opt/signpost/deploy/systemd/\w+", "/bin/true", text), encoding="utf-8")
    tool = shutil.which("systemd-analyze")
    assert tool, "apt-get install systemd"
    said = subprocess.run([tool, "verify", "--man=no", str(place)], capture_output=True, text=True)
    faults = [line for line in said.stderr.splitlines() if unit in line or "Unknown" in line]
    assert not faults, faults


def test_every_way_to_start_uses_files_that_exist_and_the_same_redis() -> None:
    for file in ("container/Containerfile", "systemd/signpost@.service"):
        text = (DEPLOY / file).read_text(encoding="utf-8")
        for path in COMMANDS:
            assert path in text, file
            assert (ROOT / path).is_file()
    endpoints = (DEPLOY / "endpoints.yml").read_text(encoding="utf-8")
    assert endpoints.count("${REDIS_URL}") == 2
    compose = yaml.safe_load((DEPLOY / "container" / "compose.yml").read_text(encoding="utf-8"))
    assert compose["services"]["redis"]["command"][1:5] == ["--save", "", "--appendonly", "no"]
    assert [name for name, service in compose["services"].items() if service.get("ports")] == ["nginx"]


def test_kubernetes_never_leaves_a_council_without_an_assistant() -> None:
    parts = {part["kind"]: part for part in yaml.safe_load_all((DEPLOY / "kubernetes" / "signpost.yaml").read_text(encoding="utf-8"))}
    spec = parts["Deployment"]["spec"]
    assert spec["replicas"] >= 2
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert parts["PodDisruptionBudget"]["spec"]["minAvailable"] >= 1
    assert parts["HorizontalPodAutoscaler"]["spec"]["minReplicas"] >= 2
    assistant = spec["template"]["spec"]["containers"][0]
    assert assistant["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert assistant["livenessProbe"]["httpGet"]["path"] == "/health/live"
    names = {
        parts[kind]["spec"]["selector"].get("matchLabels", parts[kind]["spec"]["selector"])["app"] for kind in ("Deployment", "Service")
    }
    assert names == {"signpost"}
