"""M32, investigation: case files with evidence, detectives with limited hours, warrants, tips and witnesses."""
