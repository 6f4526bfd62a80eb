"""M31, certainty: offenders' beliefs about being caught, updated within days and within months."""
