"""What operators run: check, review, train, topic, run."""
