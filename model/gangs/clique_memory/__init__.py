"""Memory of cliques (M34): arrests, losses, payments and police seen; succession of leaders."""
