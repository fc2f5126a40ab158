"""How a message is understood: what about, how urgent, who asks."""
