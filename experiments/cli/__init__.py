"""Command line of the program `confianza`."""

from experiments.execution import interruption


def main() -> None:
    """Run the program; it is imported here, so that importing this package stays cheap."""
    interruption.install_handlers()
    try:
        from experiments.cli.app import main as program

        program()
    except KeyboardInterrupt:
        interruption.exit_program(interruption.exit_code())
