"""Classroom: the page with which students run the model, on Mesa and Solara."""
