"""State of a run: tables, events of a shift, columns, and the protocol that mechanisms see."""
