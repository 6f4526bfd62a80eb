"""Write the generated documents: `python -m experiments.dev.documents`."""

from experiments.dev.documents.write import main

main()
