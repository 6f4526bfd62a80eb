"""Examinations of the model (`confianza validate`), and programs that set strengths of mechanisms."""
