"""Import Mesa without pandas, networkx and scipy.spatial.

Mesa's package imports them for its data frames, grids and networks, which no world uses; they take two thirds of its
time and memory.  Whoever uses such a part of Mesa gets it as usual.
"""

from model.engine.deferred import deferred_imports

with deferred_imports("pandas", "networkx", "mesa.discrete_space", "mesa.experimental.continuous_space"):
    import mesa

__all__ = ["mesa"]
