"""Rasa custom actions, one class a file, for a council that needs one; `ForgetConversation` is the one to copy.

They run in the action server, a process of its own that may be down. So no rule or story of ours waits for one: a turn that does is given
up after two seconds, the safe card leaves, and nothing of the turn is remembered. To use one, name it in domain.yml and put it after the
answer in a story that nobody's safety depends on.

Rasa sends an action server the whole conversation, so its logs are text-free from the moment that this package is read.
"""

from signpost.conversation.text_free_logs import keep_words_out

keep_words_out()
