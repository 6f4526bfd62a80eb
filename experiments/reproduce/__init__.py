"""Answer the question of the paper (`confianza reproduce`): design, runs, tables, figures and sentences."""
