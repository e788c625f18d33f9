"""Files of stations (CSV, GeoJSON) and of official prices (CSV), read under a mapping."""

from app.integrations.station_files.ceiling_file import MappedCeilingFile
from app.integrations.station_files.mapping import (
    CeilingMapping,
    MappingInvalid,
    StationMapping,
    load_mapping,
    shipped_mappings,
)
from app.integrations.station_files.rejected import rejected_path, write_rejected
from app.integrations.station_files.rows import SourceRow
from app.integrations.station_files.station_file import MappedStationFile

__all__ = [
    "CeilingMapping",
    "MappedCeilingFile",
    "MappedStationFile",
    "MappingInvalid",
    "SourceRow",
    "StationMapping",
    "load_mapping",
    "rejected_path",
    "shipped_mappings",
    "write_rejected",
]
