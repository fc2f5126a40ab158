"""`make assurance`: the papers that a council needs before it opens the chat, written from code, content, proof and test results."""
