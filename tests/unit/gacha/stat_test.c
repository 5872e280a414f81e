#include "gacha/stat.h"

#include <math.h>

#include "test.h"

static bool near(double got, double want, double relative)
{
	return fabs(got - want) <= relative * fabs(want);
}

/* Of even degrees by the finite sum in 60 digits; of one by erfc. */
TEST(the_tail_is_that_of_the_chi_square_distribution)
{
	CHECK(near(stat_chi2_tail(3.841458820694124, 1), 0.05, 1e-12));
	CHECK(near(stat_chi2_tail(1, 2), 0.6065306597126334, 1e-12));
	CHECK(near(stat_chi2_tail(20, 10), 0.029252688076961072, 1e-12));
	CHECK(near(stat_chi2_tail(5, 10), 0.89117801891415127, 1e-12));
	CHECK(near(stat_chi2_tail(100, 50), 3.4549313829848641e-05, 1e-10));
	CHECK(near(stat_chi2_tail(1000, 1000), 0.49405285382923964, 1e-9));
	CHECK(stat_chi2_tail(1e6, 3) == 0);
	CHECK(stat_chi2_tail(0, 3) == 1);
	CHECK(stat_chi2_tail(3, 0) == 1);
}

TEST(the_distance_counts_standard_deviations)
{
	double covariance[] = {4, 0, 0, 9};
	double distance[] = {4, 3};
	unsigned rank;

	CHECK(near(stat_squared_distance(covariance, distance, 2, 1e-9, &rank), 5, 1e-12));
	CHECK_EQ_UINT(rank, 2);
}

TEST(correlated_directions_count_by_the_inverse)
{
	double covariance[] = {2, 1, 0, 1, 2, 1, 0, 1, 2};
	double distance[] = {1, 2, 3};
	unsigned rank;

	/* The inverse is {3,-2,1,-2,4,-2,1,-2,3} / 4. */
	CHECK(near(stat_squared_distance(covariance, distance, 3, 1e-9, &rank), (3 - 8 + 6 + 16 - 24 + 27) / 4.0, 1e-12));
	CHECK_EQ_UINT(rank, 3);
}

TEST(a_direction_without_variance_is_left_out)
{
	/* A multinomial of two: the sum is fixed. */
	double covariance[] = {0.25, -0.25, -0.25, 0.25};
	double distance[] = {1, -1};
	double none[] = {1e-17};
	double far[] = {5};
	unsigned rank;

	CHECK(near(stat_squared_distance(covariance, distance, 2, 1e-9, &rank), 4, 1e-12));
	CHECK_EQ_UINT(rank, 1);
	CHECK(stat_squared_distance(none, far, 1, 1e-9, &rank) == 0);
	CHECK_EQ_UINT(rank, 0);
}
