"""Use case: take a file of official prices. The whole file is judged before anything is written."""

from app.domain.stations.official_prices import judge_ceilings
from app.ports.station_files import CeilingFile
from app.ports.station_intake import StationIntake
from app.resolvers.import_stations import ImportReport


async def import_ceilings(
    file: CeilingFile, intake: StationIntake, *, strict: bool = False
) -> ImportReport:
    """As `import_stations`; a row is a zone with its prices from an instant on."""
    judgement = judge_ceilings(file.claims(), file.bounds)
    count = None
    if not (strict and judgement.rejected):
        count = await intake.take_ceilings(judgement.accepted)
    return ImportReport(
        accepted=len(judgement.accepted), rejected=judgement.rejected, count=count, notes={}
    )
