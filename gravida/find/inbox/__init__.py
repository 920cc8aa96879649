"""The team's inbox: messages by what is late, one message with everything about it, and the centre's page."""
