"""Figures and settings that the papers speak of, read where they stand, so that no paper can say something else than the code does."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from signpost.desk.assurance.results import Results
from signpost.desk.checks.tree import read_tree
from signpost.desk.prove.certificate import PATH as CERTIFICATE
from signpost.register.content import read_content

_MODEL = Path("models/signpost.tar.gz")


def read_facts(root: Path, results: Results) -> dict[str, Any]:
    """Return the facts by name, for `{{ name }}` in the papers' files. Raises OSError or ContentFault when a source is missing."""
    content = read_content(root / "data")
    tree = read_tree(root, content, date.max)
    config = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    endpoints = yaml.safe_load((root / "endpoints.yml").read_text(encoding="utf-8"))
    channels = yaml.safe_load((root / "credentials.yml").read_text(encoding="utf-8"))
    certificate = json.loads((root / CERTIFICATE).read_text(encoding="utf-8")) if (root / CERTIFICATE).is_file() else {}
    shown = [service for service in content.services.values() if service.is_shown()]
    store = endpoints.get("tracker_store") or {}
    return {
        "council": content.council.words["council"],
        "topics": len(tree.topics),
        "examples": sum(len(topic.examples) for topic in tree.topics),
        "answers": len(tree.wordings),
        "emergencies": sum(topic.metadata.get("urgency") == "emergency" for topic in tree.topics),
        "facts": len(content.facts),
        "services": len(content.services),
        "shown": len(shown),
        "held": len(content.services) - len(shown),
        "first_review": min(service.review_by for service in shown).isoformat(),
        "idle_minutes": store.get("idle_minutes", 30),
        "most": store.get("most", 100_000),
        "store": store.get("type", ""),
        "channels": ", ".join(sorted(channels)),
        "pipeline": [str(step["name"]).rpartition(".")[2] for step in config["pipeline"]],
        "policies": [str(step["name"]).rpartition(".")[2] for step in config["policies"]],
        "sure": next((step["sure"] for step in config["pipeline"] if "sure" in step), ""),
        "model_sha256": hashlib.sha256((root / _MODEL).read_bytes()).hexdigest(),
        "cases": results.cases,
        "bad": results.bad,
        "proved_turns": f"{certificate.get('turns', 0):,}",
        "proved": certificate.get("passed", False),
        "certificate": certificate,
    }
