"""Answer the question of the paper (`confianza answer`): design, runs, tables, figures and sentences."""
