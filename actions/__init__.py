"""Rasa custom actions, one class a file. They run in the action server; no answer to a disclosure depends on them."""
