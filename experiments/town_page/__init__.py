"""The page of a town: one offline HTML file that answers for eight levers, over all worlds that fit what is known."""
