"""M3, patrol: written sectors and routes, visits to institutions by weekly plan, to the market on its days."""
