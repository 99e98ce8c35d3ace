"""Both sides of a comparison: ``exim4 -bf`` and ``labmail exim -bf``, for the same case."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

from labmail.commands.exim import Caller, run
from labmail.exim.files import RealFiles
from tests.conftest import find_peer
from tests.exim.filters.random_filters import Case

CONFIGURATION = """\
primary_hostname = mx1.lab.test
qualify_domain = lab.test
timezone = UTC
keep_environment =
spool_directory = {0}
log_file_path = {0}/%slog
begin routers
begin transports
"""


class Desk:
    """A folder with a configuration in which filters are tried."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o777)
        self.folder, self.filter = folder, folder / "filter"
        self.configuration = folder / "exim.conf"
        self.configuration.write_text(CONFIGURATION.format(folder))

    def arguments(self, case: Case) -> list[str]:
        self.filter.write_bytes(case.filter.encode("latin-1"))
        options = [str(self.filter) if word == "FILE" else word for word in case.options]
        return ["-C", str(self.configuration), *options]

    def original(self, case: Case) -> tuple[int, str]:
        """The exit code and what exim4 prints. A signal that ends it is negative."""
        ran = subprocess.run(
            [find_peer("exim4") or "exim4", *self.arguments(case)],
            input=case.letter.encode("latin-1"),
            capture_output=True,
            timeout=60,
        )
        return ran.returncode, self.common(ran.stdout)

    def ours(self, case: Case) -> tuple[int, str]:
        """The same of ours."""
        said = io.BytesIO()
        caller = Caller(
            io.BytesIO(case.letter.encode("latin-1")), said, io.BytesIO(), {}, files=RealFiles()
        )
        caller.machine.home = "/root"
        return run(self.arguments(case), caller), self.common(said.getvalue())

    def common(self, octets: bytes) -> str:
        """Without what differs from day to day."""
        text = octets.decode("latin-1").replace(str(self.folder), "DIR")
        text = re.sub(r"(?<!\w)E?1[0-9A-Za-z]{5}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}", "ID", text)
        return re.sub(r"\w{3}, \d+ \w{3} \d{4} [\d:]{8} \+0000", "DATE", text)
