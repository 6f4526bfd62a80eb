"""M1, daily rhythm: who is at home, at work, at school, at the market, on the street or outside."""
