"""M28, population change: births, ageing, deaths and moves; commuters suffer crime outside."""
