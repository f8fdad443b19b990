"""``python -m defi_lib.evidence`` prints the tally of all verdicts; with a file's name it is written there."""

import sys
from pathlib import Path

from defi_lib.evidence.tally import page

if len(sys.argv) > 1:
    Path(sys.argv[1]).write_text(page(), encoding="utf-8", newline="\n")
else:
    print(page())
