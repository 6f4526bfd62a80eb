"""The municipality, built once: territory, residents, police posts, authorities."""
