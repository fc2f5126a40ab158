"""Signpost: a council's chat about child sexual exploitation that always hands off to a human."""
