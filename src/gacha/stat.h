/*
 * The statistics that the test of simulated counts needs: the chi-square distribution's tail, and
 * squared distances under a covariance that may be singular. Doubles throughout.
 */
#ifndef GACHA_STAT_H
#define GACHA_STAT_H

#include <stddef.h>

/* Probability that a chi-square of df degrees of freedom is at least chi2 (1 when df is 0). */
double stat_chi2_tail(double chi2, unsigned df);

/*
 * distance' × pseudo-inverse of covariance × distance. The matrix is symmetric, count × count, row
 * by row, at most RARITIES_MAX, and destroyed; *rank becomes the degrees of freedom. Directions with a
 * variance of at most variance_min are rounding, and left out.
 */
double stat_squared_distance(double *covariance, const double *distance, size_t count, double variance_min,
			     unsigned *rank);

#endif
