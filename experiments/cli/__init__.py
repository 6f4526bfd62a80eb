"""The program `confianza`."""


def main() -> None:
    """Run the program, which is imported when it is asked for, so that to name it costs nothing."""
    from experiments.cli.app import main as program

    program()
