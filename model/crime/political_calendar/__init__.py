"""M23, the political calendar: dated public events and the national trend of homicide."""
