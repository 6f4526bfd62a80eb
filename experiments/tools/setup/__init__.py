"""Check the installation, create drafts of input files, and bundle packages for workshops."""
