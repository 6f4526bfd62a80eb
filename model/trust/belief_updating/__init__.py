"""Belief updating: experiences add evidence that decays; belief is the favourable share."""
