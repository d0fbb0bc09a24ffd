import sys

from dingfen.cli.main import main

sys.exit(main())
