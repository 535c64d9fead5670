#!/usr/bin/env python3
"""Write the built-in course files under courses/, the way a publisher exports them.

    tests/data/make-courses.py [--prepared DIR] OUT

Crystal Palace is a list of places. The other three are drawn by formula, to six decimals, so every run gives the
same files. The prepared line that a built-in file carries (docs/course-files.md) depends on the
machine's libm, so it is made once and kept: import the files of a run without --prepared, export each course as
GeoJSON into DIR as NAME.geojson, and run again with --prepared DIR.
"""
import argparse
import json
import math
import pathlib
from xml.sax.saxutils import escape

METRES_PER_DEGREE = 111320.0

CRYSTAL = """
-0.064245,51.419386 -0.064524,51.419459 -0.065779,51.419754 -0.065801,51.419673 -0.065865,51.419513
-0.06579,51.419366 -0.065854,51.419178 -0.065962,51.418984 -0.065672,51.41879 -0.065329,51.418757
-0.064824,51.41877 -0.064277,51.41877 -0.063977,51.41873 -0.063805,51.418777 -0.063719,51.418676
-0.063644,51.418496 -0.063859,51.418288 -0.063988,51.418061 -0.064181,51.417967 -0.065178,51.417606
-0.065887,51.417271 -0.066606,51.41695 -0.067292,51.416964 -0.068354,51.417017 -0.06859,51.417245
-0.06903,51.417592 -0.068976,51.417706 -0.067281,51.418583 -0.066777,51.419285 -0.066359,51.420088
-0.06564,51.421523 -0.065597,51.421998 -0.065608,51.42245 -0.06579,51.422925 -0.065822,51.423045
-0.066858,51.422878 -0.068118,51.422731 -0.068837,51.422838 -0.069143,51.423223 -0.069041,51.423601
-0.06961,51.423955 -0.070479,51.424136 -0.070725,51.424029 -0.070618,51.423902 -0.070522,51.423721
-0.0705,51.423607 -0.070511,51.42342 -0.07065,51.423306 -0.071326,51.422664 -0.071637,51.422677
-0.071659,51.422771 -0.071133,51.423681 -0.071173,51.424216 -0.071857,51.424335 -0.072002,51.423654
-0.072238,51.4233 -0.073204,51.421768 -0.074212,51.420255 -0.074598,51.419626 -0.074813,51.41954
-0.075628,51.420021 -0.075757,51.420188 -0.075178,51.421078 -0.073912,51.423099 -0.073408,51.423942
-0.072742,51.423962 -0.071981,51.423668 -0.071726,51.424373 -0.071641,51.424553 -0.071388,51.424676
-0.071219,51.424928 -0.070994,51.425092 -0.070806,51.42526 -0.070656,51.425281 -0.070475,51.42532
-0.070213,51.425337 -0.069919,51.425293 -0.069695,51.425186 -0.069418,51.425009 -0.069199,51.424812
-0.068542,51.4245 -0.067217,51.424397 -0.066694,51.424232 -0.066166,51.423997 -0.066032,51.423134
-0.065114,51.422836 -0.064406,51.422607 -0.064556,51.4219 -0.065141,51.421269 -0.065726,51.419867
-0.063215,51.419232
"""
CRYSTAL_FENCE = """
-0.0651347637176514,51.41916166790023 -0.0643622875213623,51.41886727626769
-0.0632894039154053,51.41846583007674 -0.0638902187347412,51.417997471730985
-0.0645339488983154,51.41767630894881 -0.0656068325042725,51.416900156242406
-0.0676238536834717,51.41687339212095 -0.0686323642730713,51.41715441461497
-0.0679242610931396,51.41776998166006 -0.0672805309295654,51.41878698731156
-0.0651347637176514,51.41916166790023
"""


class Plane:
    """Metres east and north of an origin, as places to six decimals."""

    def __init__(self, lon, lat):
        self.lon, self.lat = lon, lat
        self.east = METRES_PER_DEGREE * math.cos(math.radians(lat))

    def place(self, x, y):
        return f"{self.lon + x / self.east:.6f},{self.lat + y / METRES_PER_DEGREE:.6f}"


def two_lap_loop():
    """A park loop of about 2.5 km: a wavy ring, start and finish at the same gate."""
    plane = Plane(-1.5480, 53.8090)
    places = []
    for i in range(120):
        angle = 2 * math.pi * i / 120
        radius = 345 + 60 * math.cos(2 * angle + 0.6) + 38 * math.sin(3 * angle) + 17 * math.cos(7 * angle)
        places.append(plane.place(1.25 * radius * math.sin(angle), 0.9 * radius * math.cos(angle)))
    places.append(places[0])
    fence = [plane.place(x, y) for x, y in
             [(-640, -170), (-330, -200), (-250, -30), (-290, 150), (-600, 120), (-640, -170)]]
    return places, fence


def out_and_back():
    """2.5 km along one street and the same way back."""
    plane = Plane(13.3420, 52.5122)
    out = []
    for i in range(51):
        x = 50.0 * i
        out.append(plane.place(x, 0.045 * x + 26 * math.sin(x / 410) - 9 * math.sin(x / 130)))
    fence = [plane.place(x, y) for x, y in
             [(1180, -60), (1560, -60), (1560, 190), (1180, 190), (1180, -60)]]
    return out + out[-2::-1], fence


def recorded_half():
    """21.1 km from one harbour to the next, as a watch records it: a place every 1.5 m."""
    plane = Plane(4.2890, 52.1080)
    places, x, y, done = [plane.place(0, 0)], 0.0, 0.0, 0.0
    while done < 21097.5:
        heading = 0.62 + 0.75 * math.sin(done / 1900) + 0.4 * math.sin(done / 510 + 1) + 0.06 * math.sin(done / 37)
        x += 1.5 * math.sin(heading)
        y += 1.5 * math.cos(heading)
        done += 1.5
        places.append(plane.place(x, y))
    return places


def own_kml(own):
    """ExtendedData with the fields of our own: what the file's format has no place for."""
    data = "".join(f'\n      <Data name="trackside:{key}"><value>{escape(str(value))}</value></Data>'
                   for key, value in own.items())
    return f"    <ExtendedData>{data}\n    </ExtendedData>\n"


def kml(name, description, own, folders):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n'
            f"  <Document>\n    <name>{escape(name)}</name>\n"
            f"    <description><![CDATA[{description}]]></description>\n{own_kml(own)}{folders}  </Document>\n</kml>\n")


def folder(name, *placemarks):
    return f"    <Folder>\n      <name>{name}</name>\n{''.join(placemarks)}    </Folder>\n"


def placemark(name, geometry, description=""):
    about = f"        <description><![CDATA[{description}]]></description>\n" if description else ""
    return f"      <Placemark>\n        <name>{name}</name>\n{about}{geometry}      </Placemark>\n"


def coordinates(places):
    return "".join(f"            {place},0\n" for place in places)


def line(places):
    return ("        <LineString>\n          <tessellate>1</tessellate>\n          <coordinates>\n"
            f"{coordinates(places)}          </coordinates>\n        </LineString>\n")


def point(place):
    return f"        <Point>\n          <coordinates>{place},0</coordinates>\n        </Point>\n"


def polygon(places):
    return ("        <Polygon>\n          <outerBoundaryIs>\n          <LinearRing>\n          <coordinates>\n"
            f"{coordinates(places)}          </coordinates>\n          </LinearRing>\n"
            "          </outerBoundaryIs>\n        </Polygon>\n")


def crystal(own):
    return kml("Crystal Palace", "<p>The course in Crystal Palace Park, as its publisher draws it: the line runs from "
               "the finish to the start.</p>", own,
               folder("Course", placemark("Crystal Palace course", line(CRYSTAL.split())))
               + folder("Points", placemark("Start", point("-0.063253,51.41917")),
                        placemark("Finish", point("-0.064283,51.419324")))
               + folder("Areas", placemark("Geofence", polygon(CRYSTAL_FENCE.split()))))


def loop(own):
    places, fence = two_lap_loop()
    return kml("Aldermoor Park loop", "<p>A flat tarmac path around the park.<br/>The course is <b>two laps</b>, "
               "clockwise.</p>", own,
               folder("Map", placemark("Aldermoor Park", line(places)),
                      placemark("Start / Finish", point(places[0])),
                      placemark("Geofence: the wood", polygon(fence))))


def street(own):
    places, fence = out_and_back()
    return kml("Lindenallee hin und zurück", "Die Straße hinunter, um den Wendepunkt und zurück.", own,
               folder("Strecke", placemark("Lindenallee", line(places)), placemark("Start", point(places[0])),
                      placemark("Ziel", point(places[-1])), placemark("Geofence", polygon(fence))))


def half(own):
    fields = "".join(f"<trackside:{key}>{escape(str(value))}</trackside:{key}>\n" for key, value in own.items())

    def at(place):
        lon, lat = place.split(",")
        return f'lat="{lat}" lon="{lon}"'
    places = recorded_half()
    track = "".join(f"<trkpt {at(place)}/>\n" for place in places)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="a watch" '
            'xmlns="http://www.topografix.com/GPX/1/1" xmlns:trackside="urn:trackside:course:1">\n'
            "<metadata>\n<name>Harbour to harbour half marathon</name>\n"
            f"<extensions><trackside:course>\n{fields}</trackside:course></extensions>\n</metadata>\n"
            f"<wpt {at(places[0])}><name>Start</name></wpt>\n<wpt {at(places[-1])}><name>Finish</name></wpt>\n"
            f"<trk>\n<name>Recorded</name>\n<trkseg>\n{track}</trkseg>\n</trk>\n</gpx>\n")


FILES = {
    "crystal": ("crystal.kml", crystal),
    "loop": ("loop.kml", loop),
    "street": ("street.kml", street),
    "half": ("half.gpx", half),
}


def own_fields(name, prepared):
    own = {"shortName": name}
    if prepared:
        stored = json.loads((prepared / f"{name}.geojson").read_text(encoding="utf-8"))
        own["prepared"] = stored["trackside"]["prepared"]
    return own


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prepared", type=pathlib.Path, help="folder of NAME.geojson exports to take prepared lines from")
    parser.add_argument("out", type=pathlib.Path)
    options = parser.parse_args()
    for name, (file, make) in FILES.items():
        (options.out / file).write_text(make(own_fields(name, options.prepared)), encoding="utf-8")


main()
