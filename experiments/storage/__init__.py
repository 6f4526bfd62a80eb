"""Results on disk: run identities, manifests, Parquet batches, crates, saved states."""
