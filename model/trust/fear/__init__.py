"""M22, fear and precaution: perceived insecurity lags behind crime, and fear makes residents take precautions."""
