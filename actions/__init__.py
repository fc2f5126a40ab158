"""Rasa custom actions, one class a file. They run in the action server; no answer to a disclosure depends on them.

Rasa sends an action server the whole conversation, so its logs are text-free from the moment that this package is read.
"""

from signpost.conversation.text_free_logs import keep_words_out

keep_words_out()
