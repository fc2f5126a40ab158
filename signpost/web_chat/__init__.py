"""The doors: the REST channel for integrators and the chat page."""
