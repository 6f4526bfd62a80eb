"""Workshop: printed materials for facilitators and teachers, and the room with votes by telephone."""
