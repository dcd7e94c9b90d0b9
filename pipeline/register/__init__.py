"""The register (登记簿): what is remembered from night to night, in `<curated>/register.sqlite`.

Nights and their stages, documents by SHA-256 and what became of them, attempts and their outcomes.
It tells what is new, why something is done again, and when a failure is tried again. It decides no
byte of a release: results stand in staging, tombstones in the release, and a register that is lost
is made again from them. Not here: reading, proving, publishing (steps), what a night does in which
order (night), and the ledger of the books (ledger).

    with register.open(settings.curated) as book:
        night = book.begin()
        with night.stage("read") as stage:
            stage.detail = "3 read"
        night.end("released", version="2026.03.02")
        book.status()
"""

from pipeline.register.account import Account, NightReport, Redone, StageReport, Status
from pipeline.register.book import Register, current, let_go, open_register, tonight
from pipeline.register.night import Night, Stage

open = open_register

__all__ = [
    "Account",
    "Night",
    "NightReport",
    "Redone",
    "Register",
    "Stage",
    "StageReport",
    "Status",
    "current",
    "let_go",
    "open",
    "tonight",
]
