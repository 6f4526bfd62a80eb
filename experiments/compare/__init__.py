"""Comparisons: twin worlds that differ in their policies, and what that does."""
