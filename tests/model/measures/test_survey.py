"""Surveys: how latent trust becomes answers, and how far these lie apart."""

from collections.abc import Callable

from model.simulation.model import TrustModel

Live = Callable[..., TrustModel]
MONTH = 93


def test_answers_lie_closer_together_where_the_same_trust_gives_the_same_answer(live: Live) -> None:
    plain, noisy = (live(MONTH, **{"survey.noise": noise}).month_row for noise in (0.0, 3.0))
    for instrument in ("lapop", "latinobarometro"):
        assert 0.0 < plain[f"survey_{instrument}_spread"] < noisy[f"survey_{instrument}_spread"] < 50.0
