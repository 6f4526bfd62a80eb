"""The four counts of crime: occurred, told to the state, complaints filed, recorded by headquarters."""
