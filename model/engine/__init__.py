"""Tools of the model: kernels, tables, parameters, random streams, calendar, scenarios."""
