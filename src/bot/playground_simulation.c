#include "bot/playground_simulation.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "bot/playground_data.h"
#include "bot/result.h"

enum { ID_DIGITS = 16 };

static struct str format_id(const struct playground_simulation *simulation, char out[ID_DIGITS + 1])
{
	snprintf(out, ID_DIGITS + 1, "%016jx", (uintmax_t)simulation->id);
	return str_from(out);
}

static void end(struct playground_simulation *simulation)
{
	simulation->running = false;
	loop_cancel_timer(simulation->loop, &simulation->timer);
}

/* Draws until the slice is used up; the loop looks at everything else before the next one. */
static void draw(void *owner, int64_t now_ms)
{
	struct playground_simulation *simulation = owner;
	struct simulator *simulator = &simulation->simulator;
	int64_t start_us = clock_mono_us();
	int64_t spent_us;

	do {
		uint64_t left = simulation->pulls - simulator->counts.pulls;

		simulate_run(simulator, left < SIMULATION_STEP_PULLS ? left : SIMULATION_STEP_PULLS);
		spent_us = clock_mono_us() - start_us;
	} while (simulator->counts.pulls < simulation->pulls && spent_us < SIMULATION_SLICE_US);
	simulation->elapsed_us += spent_us;
	if (simulator->counts.pulls < simulation->pulls) {
		loop_set_timer(simulation->loop, &simulation->timer, now_ms + 1);
		return;
	}
	simulation->finished = true;
	simulate_test(simulator, &simulation->arena, &simulation->err);
	end(simulation);
}

void playground_simulation_init(struct playground_simulation *simulation, struct loop *loop, struct rng *rng)
{
	*simulation = (struct playground_simulation){.loop = loop, .rng = rng};
	simulation->timer = (struct loop_timer){.fire = draw, .owner = simulation};
	arena_init(&simulation->arena, PLAYGROUND_ARENA_BYTES_MAX);
}

void playground_simulation_release(struct playground_simulation *simulation)
{
	end(simulation);
	arena_release(&simulation->arena);
}

/* ---- start and end ---- */

static bool read_question(struct playground_simulation *simulation, struct json question, struct arena *arena, struct err *err)
{
	struct json seed = json_get(question, "seed");
	struct str hex = STR_EMPTY;

	if (!json_u64(json_get(question, "pulls"), 1, SIMULATION_PULLS_MAX, &simulation->pulls))
		return err_set(err, ERR_INPUT,
			       "\"pulls\" has to be a whole number from 1 to %d; for more: homuhomu simulate BANNER --pulls N",
			       SIMULATION_PULLS_MAX);
	simulation->seeded = !json_is_null(seed);
	if (simulation->seeded &&
	    (!json_text(seed, arena, &hex) || !codec_unhex(hex, simulation->seed, sizeof(simulation->seed))))
		return err_set(err, ERR_INPUT, "\"seed\" has to be a text of %d hex digits", 2 * FAIRNESS_SEED_SIZE);
	return true;
}

bool playground_simulation_start(struct playground_simulation *simulation, const struct catalog *catalog, struct str question,
				 struct arena *arena, struct err *err)
{
	struct playground_simulation next;
	const struct catalog_banner *banner;
	uint8_t key[16] = {0};
	struct json root;

	if (simulation->running)
		return err_set(err, ERR_CONFLICT, "a simulation is running; wait for its end or cancel it");
	playground_simulation_init(&next, simulation->loop, simulation->rng);
	if (!json_parse(arena, question, &root, err) || !playground_find_banner(catalog, root, arena, &banner, err) ||
	    !read_question(&next, root, arena, err))
		return false;
	rng_bytes(simulation->rng, key, sizeof(key));
	if (!simulate_init(&next.simulator, catalog, banner, next.seeded ? next.seed : NULL, key, &next.arena, err)) {
		arena_release(&next.arena);
		return false;
	}
	next.id = rng_u64(simulation->rng) | 1;
	next.running = true;
	playground_simulation_release(simulation);
	*simulation = next;
	simulation->timer.owner = simulation;
	loop_set_timer(simulation->loop, &simulation->timer, loop_now_ms(simulation->loop));
	return true;
}

void playground_simulation_cancel(struct playground_simulation *simulation)
{
	if (!simulation->running)
		return;
	simulation->cancelled = true;
	end(simulation);
}

/* ---- what is told ---- */

bool playground_simulation_is(const struct playground_simulation *simulation, struct str id)
{
	char text[ID_DIGITS + 1];

	return simulation->id && str_eq(id, format_id(simulation, text));
}

void playground_simulation_write_id(const struct playground_simulation *simulation, struct json_writer *writer)
{
	char text[ID_DIGITS + 1];

	json_begin_object(writer);
	json_member_str(writer, "id", format_id(simulation, text));
	json_end_object(writer);
}

void playground_simulation_write(const struct playground_simulation *simulation, struct json_writer *writer)
{
	char text[ID_DIGITS + 1];

	json_begin_object(writer);
	json_member_str(writer, "id", format_id(simulation, text));
	json_member_str(writer, "banner", simulation->simulator.banner->id);
	json_member_u64(writer, "pulls", simulation->pulls);
	json_member_u64(writer, "done", simulation->simulator.counts.pulls);
	json_member_bool(writer, "finished", simulation->finished);
	json_member_bool(writer, "cancelled", simulation->cancelled);
	json_keyc(writer, "result");
	if (simulation->finished && simulation->err.code == ERR_NONE)
		result_write_simulation(&simulation->simulator, simulation->seeded ? simulation->seed : NULL,
					simulation->elapsed_us, writer);
	else
		json_put_null(writer);
	if (simulation->err.code != ERR_NONE)
		json_member_cstr(writer, "error", simulation->err.text);
	json_end_object(writer);
}
