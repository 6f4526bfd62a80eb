"""Runs: what one is asked to be, who carries it out, what it leaves."""
