/* kml_texts.h: small KML files as texts, for the tests of what import makes of them. */
#ifndef TESTS_COURSE_KML_TEXTS_H
#define TESTS_COURSE_KML_TEXTS_H

#define KML(inside) "<kml><Document>" inside "</Document></kml>"
#define LINE(places) \
    "<Placemark><LineString><coordinates>" places "</coordinates></LineString></Placemark>"
#define POINT(name, place)                                       \
    "<Placemark><name>" name "</name><Point><coordinates>" place \
    "</coordinates></Point></Placemark>"
#define TEXT(words) "<description>" words "</description>"

/* a square of about 280 x 280 m; open, the last corner missing; and twice round */
#define CLOSED "0,51 0.004,51 0.004,51.0025 0,51.0025 0,51"
#define OPEN "0,51 0.004,51 0.004,51.0025 0,51.0025"
#define TWICE CLOSED " 0.004,51 0.004,51.0025 0,51.0025 0,51"

#endif
