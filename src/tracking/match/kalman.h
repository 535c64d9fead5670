/*
 * kalman.h: one hypothesis about a person as a Gaussian of five numbers, and the steps of a Kalman
 * filter and smoother over it.
 *
 * The numbers: the place along the course in m; the speed in m/s; the pace that the speed returns
 * to; and the error of the phone's place, east and north in m. The speed is an Ornstein-Uhlenbeck
 * process around the pace, and so is each error around 0: that is how ten fixes of one minute are
 * not ten independent ones.
 *
 * The smoother is that of Bryson and Frazier in the form for discrete measurements (Bierman,
 * "Factorization Methods for Discrete Sequential Estimation", 1977): it runs backward over what the
 * filter kept of each step, and needs no inverse.
 */
#ifndef TRACKING_MATCH_KALMAN_H
#define TRACKING_MATCH_KALMAN_H

#define KALMAN_N 5

enum { KALMAN_PLACE, KALMAN_SPEED, KALMAN_PACE, KALMAN_EAST, KALMAN_NORTH };

struct kalman {
    double x[KALMAN_N];
    double p[KALMAN_N][KALMAN_N]; /* covariance, symmetric */
};

/* A measured place: how far it is from the predicted one, and the direction of the course there. */
struct kalman_fix {
    double off[2];   /* the fix minus the predicted place on the course, east and north */
    double slope[2]; /* how the place on the course moves per metre along it */
    double noise[3]; /* variance of what is neither place nor error: east, both, north */
};

/* What the smoother needs of one step. */
struct kalman_step {
    double speed_kept, speed_way, pace_way, error_kept; /* the transition to this step */
    double slope[2];
    double inverse[3]; /* of the innovation's covariance; 0: no measurement */
    double innovation[2];
    double gain[KALMAN_N][2];
    double place, speed;     /* filtered */
    double row[2][KALMAN_N]; /* of the filtered covariance: place and speed */
};

/* What the smoother carries backward. */
struct kalman_back {
    double l[KALMAN_N];
    double m[KALMAN_N][KALMAN_N];
};

/* The smoothed place and speed at a step, with the variance of the place. */
struct kalman_smooth {
    double place, speed, variance;
};

/* How a person moves until the next fix. */
enum kalman_motion {
    KALMAN_MOVES,
    KALMAN_CHANGES, /* moves, with another speed from now on */
    KALMAN_STANDS,  /* the speed is then the one with which they may go on, near the pace */
    KALMAN_STOPS,   /* moves, and stands before the end */
    KALMAN_GOES,    /* stands, and moves before the end */
};

/* A time to predict over, the same for all hypotheses. */
struct kalman_time {
    double dt_s;
    double speed_kept; /* what remains of a speed's distance from the pace */
    double error_kept;
};

/* dt_s is 0 or more; above 6 h it counts as 6 h. */
struct kalman_time kalman_time(double dt_s);

/* Predicts over a time, for errors with the standard deviation error_m, and fills the transition of
 * *step. */
void kalman_predict(struct kalman *k, enum kalman_motion motion, const struct kalman_time *time,
    double error_m, struct kalman_step *step);

/* How well a fix fits to what was predicted. */
struct kalman_fit {
    double likelihood; /* its logarithm */
    double ahead;      /* how far it is ahead along the course, in standard deviations */
    double surprise;   /* its squared distance, in standard deviations with some more variance */
};

/* Takes a fix, and fills the rest of *step. The surprise is for extra_m2 more variance. */
struct kalman_fit kalman_update(
    struct kalman *k, const struct kalman_fix *f, double extra_m2, struct kalman_step *step);

/* Fills the rest of *step without a fix. */
void kalman_skip(const struct kalman *k, struct kalman_step *step);

/* The smoothed state at a step, from what later steps left in *b (zero after the last one). */
struct kalman_smooth kalman_smoothed(const struct kalman_step *step, const struct kalman_back *b);

/* Carries *b from after this step to after the step before it. */
void kalman_backward(const struct kalman_step *step, struct kalman_back *b);

#endif
