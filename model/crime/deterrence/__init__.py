"""M5, deterrence: a couple at the place keeps an offender from offending, within minutes."""
