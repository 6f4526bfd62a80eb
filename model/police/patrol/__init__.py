"""M3, patrol: written sectors and routes, visits to institutions by weekly plan and to the market on its days."""
