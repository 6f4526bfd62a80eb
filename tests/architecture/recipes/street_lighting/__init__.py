"""M30, street lighting: where streets are lit there are fewer robberies at night."""
