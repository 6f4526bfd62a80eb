"""M5, deterrence: police at the place keep an offender from offending, within minutes."""
