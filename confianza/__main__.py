"""The program, as `python -m confianza`."""

from confianza import main

if __name__ == "__main__":
    main()
