"""The program `confianza`."""

from experiments.execution import interruption


def main() -> None:
    """Run the program, which is imported when it is asked for, so that to name it costs nothing."""
    interruption.install_handlers()
    try:
        from experiments.cli.app import main as program

        program()
    except KeyboardInterrupt:
        interruption.exit_program(interruption.exit_code())
