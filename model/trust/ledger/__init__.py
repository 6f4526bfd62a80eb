"""Ledger of trust: every change of trust by cause and settlement; the only writer of trust."""
