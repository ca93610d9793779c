def check() -> None:
    """x."""
