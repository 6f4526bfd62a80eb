"""M1, daily rhythm: residents at home, at work, at school, at the market, on the street or outside."""
