"""One mechanism a file: its numbers, the rule for one, the pass over its events, `act(world)`."""
