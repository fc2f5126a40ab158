"""How an answer leaves: the register, the card, the reviewed words, the guard."""
