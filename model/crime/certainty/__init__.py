"""M31, certainty: what offenders believe about being caught, on the clocks of days and of months."""
