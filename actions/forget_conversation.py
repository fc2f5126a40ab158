"""Forget what was understood so far, within a story. 'Start again' and leaving need no action: the conversation store forgets then."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import AllSlotsReset, EventType
from rasa_sdk.executor import CollectingDispatcher


class ForgetConversation(Action):
    """Empties every slot: the audience, the area and who was understood to ask."""

    def name(self) -> str:
        """The action's name in the rules."""
        return "action_forget_conversation"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Return the event that empties the slots; says nothing itself."""
        return [AllSlotsReset()]
