#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The code of docs/guides/test-your-service.md is what was built: guide.py GUIDE PROGRAM."""
import pathlib
import re
import sys
import textwrap

guide, program = (pathlib.Path(one).read_text(encoding="utf-8") for one in sys.argv[1:3])
built = textwrap.dedent(re.search(r"// \[guide\]\n(.*?) *// \[/guide\]", program, re.S).group(1))
if f"```cpp\n{built}```" not in guide:
    sys.exit(f"{sys.argv[1]} does not show what is built:\n{built}")
