#include "gacha/stat.h"

#include <assert.h>
#include <math.h>

#include "base/limits.h"

#define PRECISION 1e-15

/* Regularised lower incomplete gamma function by its series; good for x < a + 1. */
static double gamma_series(double a, double x)
{
	double term = 1 / a;
	double sum = term;

	for (unsigned i = 1; i < STAT_TERMS_MAX && term > sum * PRECISION; i++) {
		term *= x / (a + i);
		sum += term;
	}
	return sum * exp(a * log(x) - x - lgamma(a));
}

/* The upper one by its continued fraction, evaluated by Lentz's method; good for x ≥ a + 1. */
static double gamma_fraction(double a, double x)
{
	double b = x + 1 - a;
	double c = 1e300;
	double d = 1 / b;
	double h = d;

	for (unsigned i = 1; i < STAT_TERMS_MAX; i++) {
		double numerator = -(double)i * (i - a);
		double factor;

		b += 2;
		d = 1 / (numerator * d + b);
		c = b + numerator / c;
		factor = c * d;
		h *= factor;
		if (fabs(factor - 1) < PRECISION)
			break;
	}
	return h * exp(a * log(x) - x - lgamma(a));
}

double stat_chi2_tail(double chi2, unsigned df)
{
	double a = df / 2.0;
	double x = chi2 / 2;

	if (df == 0 || x <= 0)
		return 1;
	return x < a + 1 ? 1 - gamma_series(a, x) : gamma_fraction(a, x);
}

/* Turns rows and columns p and q so that the element between them becomes 0; `vectors` turn along. */
static void rotate(double *matrix, double *vectors, size_t count, size_t p, size_t q)
{
	double theta = (matrix[q * count + q] - matrix[p * count + p]) / (2 * matrix[p * count + q]);
	double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
	double c = 1 / sqrt(t * t + 1);
	double s = t * c;

	for (size_t k = 0; k < count; k++) {
		double kp = matrix[k * count + p], kq = matrix[k * count + q];

		matrix[k * count + p] = c * kp - s * kq;
		matrix[k * count + q] = s * kp + c * kq;
	}
	for (size_t k = 0; k < count; k++) {
		double pk = matrix[p * count + k], qk = matrix[q * count + k];
		double kp = vectors[k * count + p], kq = vectors[k * count + q];

		matrix[p * count + k] = c * pk - s * qk;
		matrix[q * count + k] = s * pk + c * qk;
		vectors[k * count + p] = c * kp - s * kq;
		vectors[k * count + q] = s * kp + c * kq;
	}
}

/* Jacobi's method: afterwards the eigenvalues stand on the diagonal, their vectors in the columns of `vectors`. */
static void diagonalise(double *matrix, double *vectors, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			vectors[i * count + j] = i == j;
	for (unsigned sweep = 0; sweep < STAT_SWEEPS_MAX; sweep++) {
		double off = 0, diagonal = 0;

		for (size_t i = 0; i < count; i++)
			for (size_t j = 0; j < count; j++)
				*(i == j ? &diagonal : &off) += matrix[i * count + j] * matrix[i * count + j];
		if (off <= diagonal * 1e-30)
			return;
		for (size_t p = 0; p < count; p++)
			for (size_t q = p + 1; q < count; q++)
				if (matrix[p * count + q] != 0)
					rotate(matrix, vectors, count, p, q);
	}
}

double stat_squared_distance(double *covariance, const double *distance, size_t count, double variance_min,
			     unsigned *rank)
{
	double vectors[RARITIES_MAX * RARITIES_MAX];
	double sum = 0;

	assert(count <= RARITIES_MAX);
	diagonalise(covariance, vectors, count);
	*rank = 0;
	for (size_t i = 0; i < count; i++) {
		double value = covariance[i * count + i];
		double along = 0;

		if (value <= variance_min)
			continue;
		for (size_t k = 0; k < count; k++)
			along += vectors[k * count + i] * distance[k];
		sum += along * along / value;
		++*rank;
	}
	return sum;
}
