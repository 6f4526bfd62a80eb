"""What is done with the model: runs, tables, figures, checks and measurements of speed, from the shell."""

SELDOM = 100_000
"""New objects after which a process of the program looks for garbage: compiling makes millions that stay."""
