"""Kinds of events that change trust."""
