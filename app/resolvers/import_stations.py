"""Use case: take a file of stations. The whole file is judged before anything is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.stations.claims import Setting
from app.domain.stations.findings import Rejection, RowFault
from app.domain.stations.intake import judge
from app.ports.station_files import StationFile
from app.ports.station_intake import IntakeCount, StationBatch, StationIntake


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """`count` None: nothing was written, since `strict` was asked for and rows were rejected.
    `notes`: losses that kept no row out, by kind."""

    accepted: int
    rejected: tuple[Rejection, ...]
    count: IntakeCount | None
    notes: Mapping[RowFault, int]

    @property
    def rejected_by_reason(self) -> Mapping[RowFault, int]:
        """Rows by their first finding, so that the numbers sum to the rejected rows."""
        return Counter(rejection.findings[0].fault for rejection in self.rejected)


async def import_stations(
    file: StationFile, intake: StationIntake, *, moment: datetime, strict: bool = False
) -> ImportReport:
    """Judge every row, then take the accepted ones in one transaction.

    `strict`: one rejected row, and nothing is written. Raises `FileFault` (nothing written) and
    `StorageUnavailable`.
    """
    setting = Setting(
        bounds=file.bounds,
        moment=moment,
        zones=await intake.zones(),
        ceilings=await intake.ceilings(),
    )
    judgement = judge(file.claims(), setting)
    notes = Counter(note.fault for claim in judgement.accepted for note in claim.notes)
    count = None
    if not (strict and judgement.rejected):
        batch = StationBatch(
            source=file.source,
            claims=judgement.accepted,
            moment=moment,
            regions=file.regions,
            amenities=file.amenities,
        )
        count = await intake.take_stations(batch)
    return ImportReport(
        accepted=len(judgement.accepted), rejected=judgement.rejected, count=count, notes=notes
    )
