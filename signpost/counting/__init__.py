"""Counting without transcripts: how many chats were about what, in closed hours and days, rounded, and never a small number."""
