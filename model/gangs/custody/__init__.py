"""Custody: who is held, and how somebody comes back; judges and the heavy hand fill it (see heavy_hand)."""
