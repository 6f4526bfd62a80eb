"""M7, extortion of two kinds, rivalry between cliques and recruitment."""
