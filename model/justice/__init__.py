"""Investigation and courts."""
