"""Tools for users and developers: set-up, benchmark, generated documents."""
