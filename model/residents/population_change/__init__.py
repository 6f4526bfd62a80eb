"""M28, an open population: people are born, age, die and move; commuters suffer crime outside."""
