"""The domain as the model keeps it for its policies: without the answers, which they never read.

A model holds its domain twice: as JSON, whole, for the writer and the guard; and as a YAML file for the policies, which Rasa parses
four times at every start. With all answers in it that file took 6 to 10 s of a start (docs/decisions/0010-speed.md).
"""

from __future__ import annotations

import copy
from pathlib import Path

from rasa.shared.core.domain import Domain


class KeptDomain(Domain):
    """A domain whose file names every answer among the actions, in the same order, so that both copies count them alike."""

    @classmethod
    def of(cls, domain: Domain) -> KeptDomain:
        """Return `domain` in the form that is kept without its answers."""
        return domain if isinstance(domain, KeptDomain) else cls.from_dict(copy.deepcopy(domain.as_dict()))

    def merge(self, domain: Domain | None, override: bool = False) -> KeptDomain:
        """Return this domain and `domain` as one, as Rasa's importers ask it."""
        return KeptDomain.of(super().merge(domain, override))

    def persist(self, filename: str | Path) -> None:
        """Write the domain without its answers to `filename`, as YAML."""
        kept = copy.deepcopy({name: part for name, part in self.as_dict().items() if name != "responses"})
        Domain.from_dict({**kept, "actions": self.user_actions}).persist(filename)
