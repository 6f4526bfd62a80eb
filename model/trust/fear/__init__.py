"""M22, fear and precaution: perceived insecurity lags crime, and the fearful take care."""
