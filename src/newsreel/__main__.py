"""`python -m newsreel` is the `newsreel` command."""

from newsreel.cli.main import main

main()
