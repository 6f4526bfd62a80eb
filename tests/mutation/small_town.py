"""Short runs of the model beside the slow reference model, among the tests that are to kill mutants."""

from oracle.comparison import live_together
from oracle.small_towns import SCARCE, small_scenario


def test_a_busy_town_lives_the_same_days_in_both_models() -> None:
    live_together(small_scenario(residents=300), 3, 30)


def test_a_town_short_of_couples_lives_the_same_days_in_both_models() -> None:
    live_together(
        small_scenario(
            width=5000.0,
            height=5000.0,
            residents=600,
            roads=(0, 1, 2, 2),
            officers=(24, 9, 2),
            vehicles=2,
            couples=1.3,
            fleet=0.8,
            changes=SCARCE,
        ),
        3,
        36,
    )
