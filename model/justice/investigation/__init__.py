"""M32, investigation: files with evidence, detectives with hours, warrants, tips and witnesses who trust."""
