"""The start: residents begin in the state that the town's own events hold, and newcomers as their like."""
