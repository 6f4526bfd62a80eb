"""M20, misconduct: officers who ask for bribes, hidden cases that become public, and complaints."""
