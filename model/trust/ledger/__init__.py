"""The book of trust: the law of change, memory, and the only writer of trust."""
