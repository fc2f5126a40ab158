"""The twin that cannot go down: every reviewed answer as a plain page, without script and without a server's help."""
