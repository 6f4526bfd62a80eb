"""Narco protectors (M8): in their cells thieves stay away or die, and residents report less."""
