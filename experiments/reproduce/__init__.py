"""Answer the question of the paper: `confianza reproduce`, from the design of the runs to tables, figures and words."""
