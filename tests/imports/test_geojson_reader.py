"""Geometries that nobody draws are findings of their row, never the end of the file."""

import json
from pathlib import Path

import pytest

from app.domain.stations.findings import RowFault
from app.integrations.station_files import MappedStationFile, StationMapping, load_mapping


@pytest.mark.parametrize(
    "coordinates",
    ["[9e999999, 9e999999]", "[-9e999999, 1e-999999]", '["a", 1]', "[" * 400 + "1" + "]" * 400],
    ids=["beyond halving", "below halving", "text", "deep"],
)
def test_a_strange_geometry_is_a_finding(tmp_path: Path, coordinates: str):
    feature = {"type": "Feature", "id": "n1", "properties": {"amenity": "fuel", "name": "x"}}
    geometry = '"geometry": {"type": "Point", "coordinates": ' + coordinates + "}"
    path = tmp_path / "strange.geojson"
    whole = json.dumps(feature)[:-1] + ", " + geometry + "}"
    path.write_text('{"type": "FeatureCollection", "features": [' + whole + "]}")
    mapping = load_mapping("osm", "stations")
    assert isinstance(mapping, StationMapping)
    [claim] = MappedStationFile(path, mapping).claims()
    faults = {finding.fault for finding in claim.findings}
    assert faults & {RowFault.COORDINATES_MISSING, RowFault.COORDINATES_IMPOSSIBLE}
