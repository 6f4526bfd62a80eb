"""Write the generated documents: `python -m experiments.documents`."""

from experiments.documents.write import main

main()
