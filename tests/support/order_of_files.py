"""Order in which files of tests are run: the longest first."""

FIRST = (
    *("test_smoke", "test_fuzz", "test_state_check", "test_golden", "test_twin", "test_world", "test_compare"),
    *("test_runs", "test_reading", "test_resources", "test_decision", "test_hostile", "test_views", "test_roster"),
)
"""Files of the default run that take long, the longest first: whatever begins last would be waited for.

The second and the fourth go to the second worker, and need little of the model while the first one compiles its end.
"""
