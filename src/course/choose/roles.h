/* roles.h: what a line of a map is by its name: a course, a leg of one, or something beside the race
 * such as the way of the shuttle bus. */
#ifndef COURSE_CHOOSE_ROLES_H
#define COURSE_CHOOSE_ROLES_H

#include <stdbool.h>

enum role_kind {
    ROLE_NONE,        /* the name does not say */
    ROLE_COURSE,      /* "Course", "Strecke", "Official route" */
    ROLE_LEG,         /* a part of a course: "Stage 2", "Lap 1", "Back", "Finish straight" */
    ROLE_ALTERNATIVE, /* "Alternative", "Bad weather course" */
    ROLE_OLD,         /* "Old course", "Strecke alt", "Draft" */
    ROLE_OTHER,       /* "Shuttle bus", "Evacuation route", "Road closures" */
};

struct role {
    enum role_kind kind;
    int number;      /* of a leg: "Leg 3", "6区", "Loop B" is 2; -1: none */
    int serial;      /* any whole number in the name: "Path 2"; -1: none, or several */
    int year;        /* "Course 2025"; 0: none */
    bool lap;        /* the leg is a round: two that are the same are two laps */
    bool out, back;  /* the leg is the way out, or back */
    bool race;       /* the name is of a race of its own: "10 km", "Half", "Kids run" */
    double length_m; /* that the name gives; 0: none */
    bool mark;       /* a mark of the distance: "km 3", "Mile 2" */
};

/* What a name says. Words are whole, in the languages of docs/course-files.md. */
struct role roles_of(const char *name);

#endif
