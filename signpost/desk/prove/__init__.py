"""`make prove`: walk the trained model, try to break the promise, and count. See docs/decisions/0008-proof.md."""
