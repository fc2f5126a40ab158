"""What is shipped for other machines is read by its own tools and agrees with the programs it starts."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.run import configure_app, create_http_input_channels
from sanic import Sanic

from signpost.counting.counts_channel import FOLDER_NAME
from signpost.desk.run import free_port
from signpost.desk.signature import KEYS, PUBLIC_NAME, SIGNING_NAME
from signpost.desk.unavailable import write
from signpost.register.content import read_content
from signpost.web_chat.doors import _SERVER
from signpost.web_chat.launcher import Launcher
from tests.conftest import ROOT
from tests.unit.real_nginx import program, serving

DEPLOY = ROOT / "deploy"
COMMANDS = ("deploy/endpoints.yml", "credentials.yml")
STATE = "/var/lib/signpost"  # the one folder that an assistant may write to, whichever way it was started


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "signpost").mkdir()
    for name in ("workers.conf", "listen.conf", "folder.conf"):
        text = (DEPLOY / "container" / "nginx" / name).read_text(encoding="utf-8")
        (tmp_path / "signpost" / name).write_text(re.sub(r"assistant\d", "127.0.0.1", text), encoding="utf-8")
    main = f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{ include {DEPLOY}/nginx/workers.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
    said = subprocess.run([program(), "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr


@dataclass(frozen=True)
class Door:
    """nginx with deploy/nginx/workers.conf, in front of a worker that is not there."""

    port: int
    log: Path

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()


@pytest.fixture(scope="module")
def without_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    home, port = tmp_path_factory.mktemp("nginx"), free_port()
    beside = home / "signpost"
    beside.mkdir()
    # a socket that is missing is a fault of the kind 'crit' to nginx, and named with address and request
    (beside / "workers.conf").write_text(f"server unix:{home}/nobody.sock;\n", encoding="utf-8")
    (beside / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n", encoding="utf-8")
    (beside / "folder.conf").write_text(f"root {beside};\n", encoding="utf-8")
    write(read_content(ROOT / "data"), beside, datetime.now(timezone.utc))
    with serving(home, f"include {DEPLOY}/nginx/workers.conf;", port) as log:
        yield Door(port, log)


def test_nginx_logs_nobody_not_even_when_something_fails(without_workers: Door) -> None:
    without_workers.get("/chat?marmalade")
    without_workers.get("/webhooks/rest/webhook?marmalade")
    logged = without_workers.log.read_text(encoding="utf-8")
    assert "marmalade" not in logged
    assert "127.0.0.1" not in logged


def test_without_a_worker_council_pages_keep_their_button_and_the_page_shows_people(without_workers: Door) -> None:
    status, headers, script = without_workers.get("/embed/loader.js")
    assert status == 200
    assert script == Launcher(read_content(ROOT / "data"), ROOT / "data").script(datetime.now(timezone.utc))
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["cache-control"] == "max-age=300"
    assert without_workers.get("/embed/alive.js")[0] >= 500, "so the launcher knows that the chat is down"
    status, _, page = without_workers.get("/chat")
    assert status == 200
    assert "tel:" in page


def test_the_bare_address_leads_to_the_chat_and_not_to_rasas_greeting(without_workers: Door) -> None:
    status, headers, _ = without_workers.get("/")
    assert (status, headers["location"]) == (302, "/chat"), "no port and no http of this machine, behind another proxy"
    assert without_workers.get("/health/loop")[0] == 403


def test_the_page_on_security_names_every_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sanic, "test_mode", True)
    app = configure_app(create_http_input_channels(None, str(ROOT / "credentials.yml")), enable_api=False)
    rows = re.findall(r"^\| (`/[^|]*)", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.M)
    named = re.findall(r"`(/[^`]*)`", " ".join(rows))
    folders = tuple(name for name in named if name.endswith("/") and name != "/")
    for route in app.router.routes:
        door = f"/{route.path}".partition("<")[0]
        assert door in named or f"{door}/" in named or door.startswith(folders), door


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
    services = compose()["services"]
    assert services["redis"]["command"][1:5] == ["--save", "", "--appendonly", "no"]
    assert [name for name, service in services.items() if service.get("ports")] == ["nginx"]


def environment_of(unit: str) -> dict[str, str]:
    [settings] = re.findall(r"^Environment=(.*)$", (DEPLOY / "systemd" / unit).read_text(encoding="utf-8"), re.M)
    return dict(setting.split("=", 1) for setting in settings.split())


def test_every_way_to_start_lets_the_counts_be_written_and_nothing_else() -> None:
    unit = (DEPLOY / "systemd" / "signpost@.service").read_text(encoding="utf-8")
    assert "ProtectSystem=strict" in unit
    assert f"StateDirectory={Path(STATE).name}\n" in unit
    assert Path(environment_of("signpost@.service")[FOLDER_NAME]).is_relative_to(STATE)

    image = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8")
    counts = re.search(rf"{FOLDER_NAME}=(\S+)", image)
    assert counts
    assert Path(counts.group(1)).is_relative_to(STATE)
    owned = re.search(r"install -d -o signpost (.*)", image)
    assert owned
    services = compose()["services"]
    for name in ("assistant1", "assistant2", "unavailable"):
        assert services[name]["read_only"] is True
        assert "user" not in services[name], "the image's own user, who is not root"
        [volume] = services[name]["volumes"]
        assert volume.partition(":")[2] in owned.group(1).split(), "or the volume belongs to root"
    assert services["assistant1"]["volumes"] == [f"counts:{STATE}"]

    pod = kubernetes()["Deployment"]["spec"]["template"]["spec"]
    assistant = pod["containers"][0]
    assert assistant["securityContext"]["readOnlyRootFilesystem"] is True
    assert {"name": FOLDER_NAME, "value": counts.group(1)} in assistant["env"]
    assert {"name": "counts", "mountPath": STATE} in assistant["volumeMounts"]
    assert "counts" in [volume["name"] for volume in pod["volumes"]]


def test_the_signing_key_is_in_no_image() -> None:
    assert str(KEYS) in (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    image = (DEPLOY / "container" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    training = [line for line in image.splitlines() if not line.startswith("#") and "make train" in line]
    assert len(training) == 1
    secret = re.search(r"--mount=type=secret,id=(\w+),required=true", training[0])
    assert secret
    assert f'{SIGNING_NAME}="$(cat /run/secrets/{secret.group(1)})" make train' in training[0]
    assert image.count(SIGNING_NAME) == 1
    built = compose()
    assert built["secrets"][secret.group(1)]["file"] == f"../../{KEYS}/signing.key"
    assert not any("secrets" in service for service in built["services"].values())


def test_what_starts_it_says_every_variable_that_it_needs() -> None:
    text = (DEPLOY / "container" / "compose.yml").read_text(encoding="utf-8")
    head = text.partition("name: signpost")[0]
    for name in set(re.findall(r"\$\{(\w+)", text)):
        assert f"{name}=" in head, name
    text = (DEPLOY / "kubernetes" / "signpost.yaml").read_text(encoding="utf-8")
    head = text.partition("apiVersion")[0]
    assistant = kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    for key in (setting["valueFrom"]["secretKeyRef"]["key"] for setting in assistant["env"] if "valueFrom" in setting):
        assert f"--from-literal={key}=" in head, key
    unit = (DEPLOY / "systemd" / "signpost@.service").read_text(encoding="utf-8").partition("[Unit]")[0]
    for name in ("REDIS_URL", "SIGNPOST_SECRET", PUBLIC_NAME, "ACTION_ENDPOINT_URL"):
        assert name in unit, name


def test_kubernetes_adds_pods_by_what_it_measures_itself() -> None:
    metrics = kubernetes()["HorizontalPodAutoscaler"]["spec"]["metrics"]
    assert [(metric["type"], metric["resource"]["name"]) for metric in metrics] == [("Resource", "cpu")]
    assert metrics[0]["resource"]["target"]["averageUtilization"] <= 50, "docs/capacity.md reckons with half of a core"
    for container in kubernetes()["Deployment"]["spec"]["template"]["spec"]["containers"]:
        assert "cpu" in container["resources"]["requests"], "a share of what is asked for is measured"


def compose() -> dict[str, Any]:
    parts: dict[str, Any] = yaml.safe_load((DEPLOY / "container" / "compose.yml").read_text(encoding="utf-8"))
    return parts


def kubernetes() -> dict[str, Any]:
    return {part["kind"]: part for part in yaml.safe_load_all((DEPLOY / "kubernetes" / "signpost.yaml").read_text(encoding="utf-8"))}


def test_kubernetes_never_leaves_a_council_without_an_assistant() -> None:
    parts = kubernetes()
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
