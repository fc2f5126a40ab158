"""How fast, how flat, how much memory: Signpost beside the default pipeline of Rasa, in one run on one machine."""
