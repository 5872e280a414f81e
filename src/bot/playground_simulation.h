/*
 * A simulation for the playground's page: drawn in slices of some milliseconds between the loop's other work, one at a
 * time. It is kept until the next one begins, and so long borrows its catalog.
 */
#ifndef BOT_PLAYGROUND_SIMULATION_H
#define BOT_PLAYGROUND_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/rng.h"
#include "gacha/simulate.h"
#include "net/loop.h"

struct playground_simulation {
	struct loop *loop;
	struct rng *rng;
	uint64_t id; /* 0: none yet */
	uint64_t pulls;
	bool seeded;
	uint8_t seed[FAIRNESS_SEED_SIZE];
	bool running, finished, cancelled;
	int64_t elapsed_us; /* spent drawing */
	struct simulator simulator;
	struct arena arena;
	struct err err; /* of the test of the counts */
	struct loop_timer timer;
};

void playground_simulation_init(struct playground_simulation *simulation, struct loop *loop, struct rng *rng);
void playground_simulation_release(struct playground_simulation *simulation);

/*
 * Begins what {"banner","pulls","seed"?} asks for. ERR_INPUT says what is wrong with it, ERR_NOT_FOUND that there is no such
 * banner, ERR_CONFLICT that one is running. Scratch memory from arena.
 */
bool playground_simulation_start(struct playground_simulation *simulation, const struct catalog *catalog, struct str question,
				 struct arena *arena, struct err *err);
/* Does nothing to one that has ended. */
void playground_simulation_cancel(struct playground_simulation *simulation);
/* Its id in hex, as it is told and asked for; false for one that is not kept. */
bool playground_simulation_is(const struct playground_simulation *simulation, struct str id);
/* {"id"} */
void playground_simulation_write_id(const struct playground_simulation *simulation, struct json_writer *writer);
/* {"id","banner","pulls","done","finished","cancelled","result"}; "error" too when the counts could not be tested. */
void playground_simulation_write(const struct playground_simulation *simulation, struct json_writer *writer);

#endif
