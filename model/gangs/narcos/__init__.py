"""M8, narco protectors: where they operate thieves stay away or die, and nobody tells."""
