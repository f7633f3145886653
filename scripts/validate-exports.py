"""Checks exported drawings with the tools that others open them with.

    python3 -m venv VENV && VENV/bin/pip install ezdxf ifcopenshell pytest
    cargo run -p room-drawing --example draw -- DIRECTORY
    VENV/bin/python scripts/validate-exports.py DIRECTORY

DXF: ezdxf reads the file strictly and its audit finds nothing. IFC: IfcOpenShell opens it, its
validation (with the rules of the schema) finds nothing, and its geometry kernel makes a shape of
every element that has a body. GeoJSON: rings are closed and run counter-clockwise. The GLB files
are checked by the Khronos validator: scripts/validate-scenes.mjs.
"""

import json
import logging
import pathlib
import sys

import ezdxf
import ifcopenshell
import ifcopenshell.geom
import ifcopenshell.validate


def check_dxf(path):
    drawing = ezdxf.readfile(path)
    audit = drawing.audit()
    problems = [f"{e.code}: {e.message}" for e in audit.errors + audit.fixes]
    if drawing.units != 6:
        problems.append(f"units {drawing.units}")
    return problems, f"{len(drawing.modelspace())} entities"


def check_ifc(path):
    log = ifcopenshell.validate.json_logger()
    ifcopenshell.validate.validate(str(path), log, express_rules=True)
    problems = [str(s.get("message"))[:300] for s in log.statements]
    model = ifcopenshell.open(path)
    settings = ifcopenshell.geom.settings()
    made = 0
    for product in model.by_type("IfcProduct"):
        if not product.Representation:
            continue
        try:
            shape = ifcopenshell.geom.create_shape(settings, product)
            made += len(shape.geometry.faces) > 0
            if not shape.geometry.faces:
                problems.append(f"no faces: {product}")
        except RuntimeError as error:
            problems.append(f"{error}: {product}")
    return problems, f"{made} shapes"


def check_geojson(path):
    collection = json.loads(path.read_text())
    problems = []
    for feature in collection["features"]:
        ring = feature["geometry"]["coordinates"][0]
        area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
        if ring[0] != ring[-1] or len(ring) < 4 or area <= 0:
            problems.append(f"{feature['id']}: {ring}")
    return problems, f"{len(collection['features'])} features"


def main():
    logging.disable(logging.WARNING)
    checks = {".dxf": check_dxf, ".ifc": check_ifc, ".geojson": check_geojson}
    failed = False
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        if check := checks.get(path.suffix):
            problems, said = check(path)
            failed |= bool(problems)
            print(path.name, said, "OK" if not problems else problems)
    sys.exit(failed)


main()
