#include "bot/cmd_fairness.h"

#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "bot/show.h"

static struct str hex(const struct turn *turn, const uint8_t *bytes)
{
	char text[2 * HASH_SHA256_SIZE + 1];

	return arena_str(turn->arena, codec_hex(bytes, HASH_SHA256_SIZE, text));
}

static void rotate(struct turn *turn)
{
	/* A seed that nothing was drawn from makes way under its own number: epochs of receipts have no gaps. */
	bool is_unused = turn->player->fairness.next_n == 1;

	turn->revealed.epoch = turn->player->fairness.epoch;
	fairness_commit(turn->player->fairness.seed, turn->revealed.commit);
	player_rotate_seed(turn->player, turn->rng, turn->revealed.seed);
	if (is_unused)
		turn->player->fairness.epoch--;
	turn->revealed.set = true;
	turn->changed = true;
}

static bool refuse_seed(struct turn *turn)
{
	return turn_refuse(turn,
			   "A client seed is at most %d bytes of text without control characters. Nothing was changed. Try a shorter one.",
			   "クライアントシードは制御文字を含まない %d バイト以内の文字列です。変更はしていません。短いものでお試しください。",
			   CLIENT_SEED_BYTES_MAX);
}

static void show_revealed(struct turn *turn, struct embed *embed)
{
	embed_field(embed, turn_say(turn, "Seed %" PRIu64 ", revealed", "シード%" PRIu64 "（公開）", turn->revealed.epoch),
		    arena_printf(turn->arena, "```\n%.*s\n```", STR_ARG(hex(turn, turn->revealed.seed))), false);
	embed_field(embed, turn_say(turn, "Its SHA-256, which you had before", "その SHA-256（事前に提示済み）"),
		    arena_printf(turn->arena, "```\n%.*s\n```", STR_ARG(hex(turn, turn->revealed.commit))), false);
}

static void show_current(struct turn *turn, struct embed *embed)
{
	const struct player *player = turn->player;
	uint8_t commit[HASH_SHA256_SIZE];
	struct str seed = player->fairness.client_seed;

	fairness_commit(player->fairness.seed, commit);
	embed_field(embed, turn_say(turn, "Commitment to seed %" PRIu64 " (SHA-256)", "シード%" PRIu64 "のコミットメント (SHA-256)",
				    player->fairness.epoch),
		    arena_printf(turn->arena, "```\n%.*s\n```", STR_ARG(hex(turn, commit))), false);
	embed_field(embed, turn_say(turn, "Your client seed", "クライアントシード"),
		    seed.len > 0 ? message_escape(turn->arena, seed) : turn_say(turn, "(none)", "（なし）"), true);
	embed_field(embed, turn_say(turn, "Next pull", "次の番号"),
		    arena_printf(turn->arena, "%" PRIu64, player->fairness.next_n), true);
}

bool cmd_fairness_show(struct turn *turn, struct err *err)
{
	const struct interaction_option *seed = interaction_option(turn->interaction, "client_seed");
	const struct interaction_option *flag = interaction_option(turn->interaction, "rotate");
	bool wants_rotation = flag && flag->flag;
	/* The commitment has to stand before the first pull and before the client seed is known to us. */
	bool is_new = turn->player->version == 0;
	struct embed *embed;

	if (seed && wants_rotation)
		return turn_refuse(turn,
				   "Rotate first, look at the new commitment, then set your client seed: that order is what proves the draws. Nothing was changed.",
				   "先に rotate で新しいコミットメントを確認してから client_seed を設定してください（この順序が公正さの証明になります）。変更はしていません。");
	if (seed && !fairness_client_seed_valid(seed->text))
		return refuse_seed(turn);
	if (wants_rotation && !is_new)
		rotate(turn);
	if (seed && !is_new) {
		turn->player->fairness.client_seed = seed->text;
		turn->changed = true;
	}
	if (is_new)
		turn->changed = true;
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the answer", err);
	embed->title = turn_say(turn, "🔐 Fair pulls", "🔐 公正性の証明");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = turn_say(turn,
				      "Every pull is made from a seed that was fixed before: its SHA-256 below is the promise. `/fairness rotate:True` reveals the seed and commits to a new one, and then anybody can replay your pulls. It proves that nothing was changed after the promise, not that the seed was random: your own client seed is mixed in for that.",
				      "すべての結果は、事前に固定したシードから計算します。下の SHA-256 がその約束です。`/fairness rotate:True` でシードを公開して次に切り替えると、誰でも結果を再計算できます。約束の後に何も変えていないことの証明であり、シード自体が無作為だったことの証明ではありません。そのためにあなたのクライアントシードを混ぜます。");
	if (turn->revealed.set)
		show_revealed(turn, embed);
	show_current(turn, embed);
	if (is_new && (seed || wants_rotation))
		embed_field(embed, turn_say(turn, "Not done yet", "まだ実行していません"),
			    turn_say(turn,
				     "This is your first commitment. Keep it, then use the command again: that order is what proves the draws.",
				     "これが最初のコミットメントです。控えてから、もう一度コマンドをお使いください（この順序が公正さの証明になります）。"),
			    false);
	return true;
}
