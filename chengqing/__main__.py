"""``python -m chengqing`` is the command ``chengqing``."""

from chengqing.cli import main

main()
