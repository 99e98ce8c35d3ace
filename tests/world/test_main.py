"""``python -m labmail.world`` shows the chapter at work, the same on each run."""

import subprocess
import sys

EXPECTED = """\
Mon 09:00:00  128.10.30.2 is switched off for the night
Mon 09:02:07  Connection timed out: no answer from 128.10.30.2 port 25
Mon 11:04:14  Connection timed out: no answer from 128.10.30.2 port 25
Mon 13:06:21  Connection timed out: no answer from 128.10.30.2 port 25
Mon 15:08:28  Connection timed out: no answer from 128.10.30.2 port 25
Mon 17:00:00  128.10.30.2 is switched on again
Mon 17:08:28  220 good morning, 128.10.12.4
"""


def test_the_chapter_at_work():
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "labmail.world"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.stdout, done.stderr) == (EXPECTED, "")
