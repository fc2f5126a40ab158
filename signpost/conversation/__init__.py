"""What is remembered between two turns, and for how short a time."""
