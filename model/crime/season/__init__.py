"""M46, season: crime rises and falls with the month of the year and on paydays; yearly totals stay."""
