"""The register itself: nothing uncleared is shown, every service can be reached, every fact has its source."""

from __future__ import annotations

from collections.abc import Iterator

from signpost.desk.checks.tree import Fault, Tree


def reachable(tree: Tree) -> Iterator[Fault]:
    """Every shown service has a cleared channel; hours only where they are confirmed."""
    for service in tree.content.services.values():
        if not service.is_shown():
            continue
        if not service.shown_channels():
            yield Fault(
                "data/helplines.yml",
                f"{service.id} is shown without any number or address",
                "add a channel or hold it back",
            )
        if service.publish == "number_ok_hours_blank" and any(channel.hours for channel in service.channels if channel.kind == "phone"):
            yield Fault("data/helplines.yml", f"{service.id} shows hours that nobody has confirmed", "set hours: null")
        if service.publish != "link_only" and not service.suits:
            yield Fault("data/helplines.yml", f"{service.id} does not say for whom it may stand first", "add 'for:'")


def sourced(tree: Tree) -> Iterator[Fault]:
    """Every fact has a source, and one that nobody has cleared is not marked as checked."""
    for fact in tree.content.facts.values():
        if not fact.source.strip():
            yield Fault("data/facts.yml", f"{fact.id} has no source", "add the page it was read on")
        if fact.status not in ("checked", "needs_check"):
            yield Fault("data/facts.yml", f"{fact.id}: status '{fact.status}'", "use checked or needs_check")


def replacements_shown(tree: Tree) -> Iterator[Fault]:
    """No service is replaced, when its review is overdue, by one that is itself held back."""
    for service in tree.content.services.values():
        successor = tree.content.services.get(service.replacement or "")
        if service.is_shown() and successor is not None and not successor.is_shown():
            yield Fault(
                "data/helplines.yml",
                f"{service.id} would be replaced by {successor.id}, which is held back",
                "name a cleared one",
            )


CHECKS = (reachable, sourced, replacements_shown)
