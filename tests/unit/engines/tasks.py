"""Work for the engines that is quick, or misbehaves; imported by the workers of a cluster too."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from pipeline.documents.document import Document
from pipeline.engines.work import Work
from pipeline.staging import store
from tests.unit.staging import fake_tasks

#: set for the processes of a cluster, and not for who asks them
CLUSTERS_OWN = "CLUSTERS_OWN"


def behave(staging: Path, document: Document) -> None:
    """Do what the document's text names, then stage a result that any machine makes alike."""
    text = document.path.read_text(encoding="utf-8").split(":")[0]
    fake_tasks.ACTIONS[text](staging, document)
    fake_tasks.stage(staging, document.document_id, document.sha256)


def name_environment(staging: Path, document: Document) -> None:
    """Note the names in the environment of the worker."""
    fake_tasks.stage(staging, document.document_id, *sorted(os.environ))


def take_the_machine_along(staging: Path, document_id: str) -> bool:
    """Kill the worker of a cluster that asks whether a certain document is done."""
    if os.environ.get(CLUSTERS_OWN) and (staging / "deadly").read_text() == document_id:
        os.kill(os.getpid(), signal.SIGKILL)
    return store.is_sound(staging, document_id)


def wait_a_little(staging: Path, document: Document) -> None:
    """Take long enough to be killed meanwhile."""
    time.sleep(0.3)
    behave(staging, document)


FAKE = Work("fake", behave, store.is_sound, preload=())
SLOW = replace(FAKE, task=wait_a_little)
CURIOUS = replace(FAKE, task=name_environment)
DEADLY = replace(FAKE, is_done=take_the_machine_along)
