"""The page in the browser: a town, its twin, and why trust moves."""
