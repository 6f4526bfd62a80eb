import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from model.engine.random_streams import keyed_uniform, logistic, philox4x32, poisson_quantile, stream_id

words = st.integers(0, 2**32 - 1)


def test_philox_gives_the_published_vectors() -> None:
    ones, pi = 0xFFFFFFFF, (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)
    cases = {
        ((0, 0, 0, 0), (0, 0)): "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        ((ones,) * 4, (ones, ones)): "408f276d 41c83b0e a20bc7c6 6d5451fd",
        (pi, (0xA4093822, 0x299F31D0)): "d16cfe09 94fdcceb 5001e420 24126ea1",
    }
    for (counter, key), expected in cases.items():
        found = philox4x32(*(np.uint64(word) for word in (*counter, *key)))
        assert " ".join(f"{int(word):08x}" for word in found) == expected


@settings(deadline=None)
@given(seed=st.integers(0, 2**63 - 1), tick=words, who=words, nth=words)
def test_a_uniform_lies_in_0_to_1_and_depends_on_every_word(seed: int, tick: int, who: int, nth: int) -> None:
    name = stream_id("a test")
    u = keyed_uniform(seed, name, tick, who, nth)
    assert 0.0 <= u < 1.0
    others = (
        keyed_uniform(seed ^ 1, name, tick, who, nth),
        keyed_uniform(seed ^ 2**40, name, tick, who, nth),
        keyed_uniform(seed, name ^ 1, tick, who, nth),
        keyed_uniform(seed, name, tick ^ 1, who, nth),
        keyed_uniform(seed, name, tick, who ^ 1, nth),
        keyed_uniform(seed, name, tick, who, nth ^ 1),
    )
    assert u not in others


def test_uniforms_are_even() -> None:
    name = stream_id("a test")
    draws = np.array([keyed_uniform(3, name, 0, who, 0) for who in range(20_000)])
    assert abs(draws.mean() - 0.5) < 0.01
    assert abs(np.histogram(draws, 10, (0, 1))[0] / 2000 - 1).max() < 0.1


@settings(deadline=None)
@given(mean=st.floats(0.01, 600.0) | st.floats(600.0, 20_000.0), u=st.floats(1e-9, 0.999999))
def test_poisson_inverts_its_distribution(mean: float, u: float) -> None:
    from scipy.stats import poisson as reference

    n = poisson_quantile(u, mean)
    assert reference.cdf(n, mean) >= u - 1e-9
    assert n == 0 or reference.cdf(n - 1, mean) <= u + 1e-9


def test_logistic_is_symmetric() -> None:
    assert abs(logistic(2.0) + logistic(-2.0) - 1.0) < 1e-15
