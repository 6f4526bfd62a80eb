"""The explorer: one offline HTML file with predictions of emulators, within the range of the runs."""
