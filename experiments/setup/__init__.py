"""Check the installation, and create drafts of input files."""
