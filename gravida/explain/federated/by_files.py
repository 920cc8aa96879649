"""A site whose messages travel as files in a folder that the coordinator can reach too."""

import time
from pathlib import Path

from gravida.explain.federated.mailbox import Mailbox
from gravida.explain.federated.site import Ended, SiteSession, ended


class NothingCame(Exception):
    """A coordinator that fell silent; what was answered is in the log, and the same command goes on."""

    def __init__(self, *, seconds: float) -> None:
        super().__init__(f"nothing came for {seconds:g} seconds; run again to go on")


def answer_by_files(session: SiteSession, *, folder: Path, patience: float, pause: float = 0.5) -> Ended:
    """Answer what is asked until the coordinator's last word. patience: seconds without anything new."""
    box = Mailbox(folder=folder, site=session.seal.site)
    last = time.monotonic()
    while True:
        waiting = box.next_request(0)
        if waiting is not None:
            round_, sealed = waiting
            box.reply(round_, session.handle(round_, sealed))
            last = time.monotonic()
            continue
        end = box.end()
        if end is not None:
            return ended(end, session.seal)
        if time.monotonic() - last > patience:
            raise NothingCame(seconds=patience)
        time.sleep(pause)
