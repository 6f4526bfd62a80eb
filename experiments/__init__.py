"""Use the model from the shell: runs, tables, figures, checks and measurements of speed."""
