"""Speed, with the sample's mappings whatever the team's own are: see tests/sample/README.md."""

import sys

from tests.programs import SAMPLE

# What a figure is of must not change with the mappings.
sys.path.insert(0, str(SAMPLE))
