"""Order in which files of tests are run: the longest first."""

FIRST = (
    *("test_crowd", "test_sweep_engine", "test_decision", "test_results_folder", "test_writes", "test_sweep_commands"),
    *("test_clients", "test_worlds", "test_documents", "test_tutorial"),
)
"""Files that take long, the longest first: whatever begins last would be waited for.

While the first one compiles the model, the second needs nothing of it.
"""
