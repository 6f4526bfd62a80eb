"""The explorer: one offline HTML file that answers from emulators, within what was run."""
