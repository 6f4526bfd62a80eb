"""M34, cliques decide: each month every clique weighs income, risk and rivals by what it remembers itself."""
