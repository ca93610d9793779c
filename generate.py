"""`python generate.py …` is the `handouts` command, run from a checkout."""

from handouts.cli.app import main

if __name__ == "__main__":
    main()
