"""Programs for those who maintain the project; the wheel leaves them out (README.md says when to run each)."""
