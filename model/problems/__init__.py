"""Problems, their causes, the work on them and the evidence for the criteria."""
