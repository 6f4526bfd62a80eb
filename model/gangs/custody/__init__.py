"""Custody: residents held until a tick, and their return; used by courts and the heavy hand."""
