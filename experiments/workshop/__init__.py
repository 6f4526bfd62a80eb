"""Workshop: printed materials for facilitators and teachers, and a room with votes by phone."""
