"""Digests of whole runs: results that change by one bit are noticed."""
