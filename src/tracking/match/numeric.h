/*
 * numeric.h: exp, log, cos and the normal distribution from + - * / and the square root alone.
 * Those of libm differ in their last bits between machines, and the same fixes have to give the
 * same bytes. Good to about 1e-12, the normal distribution to 2e-7.
 */
#ifndef TRACKING_MATCH_NUMERIC_H
#define TRACKING_MATCH_NUMERIC_H

/* e^x; 0 below -700, and at most e^700. */
double numeric_exp(double x);

/* The natural logarithm of a normal, positive x. */
double numeric_log(double x);

/* The cosine of -2π to 2π. */
double numeric_cos(double rad);

/* The probability that a standard normal variable is at most z. */
double numeric_normal(double z);

#endif
