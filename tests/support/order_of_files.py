"""Order in which files of tests are run: the longest first."""

FIRST = (
    *("test_smoke", "test_fuzz", "test_state_check", "test_golden", "test_screens", "test_twin"),
    *("test_world", "test_compare", "test_runs", "test_reading", "test_resources", "test_decision", "test_hostile"),
    *("test_views", "test_roster", "test_report", "test_views_page"),
    *("test_names_in_tests", "test_reproduce_command", "test_verify", "test_tasks", "test_room"),
)
"""Files that take long, those of the default run before those of the thorough one: what begins last is waited for.

The second and the fourth go to the second worker, and need little of the model while the first one compiles its end.
"""
