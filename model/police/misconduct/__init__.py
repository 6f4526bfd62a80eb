"""M20, misconduct: officers who ask for bribes, what stays hidden, and what becomes of complaints."""
