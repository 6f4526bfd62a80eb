"""The message catalogue: words of the model, columns and dates in both languages."""
