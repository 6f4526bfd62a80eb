"""What is done with the model: runs, tables, figures, checks and measurements of speed, from the shell."""
