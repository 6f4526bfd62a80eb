"""Write the generated documents: `python -m experiments.tools.documents`."""

from experiments.tools.documents.write import main

main()
