/*
 * Every bound of the program: its value, why, and what happens beyond it.
 * Timeouts, retry counts and queue lengths are bounds too.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* ---- base ---- */

/* Text of an error with its context; a longer one is cut at a character. */
#define ERR_TEXT_MAX 512

/* First block of an arena, kept by arena_clear: room for a decoded interaction and its turn (17 kB) and a short answer, so that
 * a warm arena needs no malloc. Later blocks double. */
#define ARENA_BLOCK_BYTES 32768

/* Nesting of JSON that we read or write (gacha.md, Catalog); deeper input is refused as invalid. */
#define JSON_DEPTH_MAX 64

/* Digits of a JSON number that is read as floating point, far more than a double tells apart; a longer one is refused as
 * out of range. */
#define JSON_NUMBER_BYTES_MAX 128

/* One log record, so that its write(2) to a pipe is atomic; longer fields are cut with an ellipsis, to half of it, to a
 * quarter and so on to LOG_FIELD_BYTES_MIN; then the last fields are left out. */
#define LOG_LINE_MAX 4096
/* How long a record waits for a reader that is behind; then it is left out. */
#define LOG_WAIT_MS 50
/* What is taken for a bot token in a text for people: three parts with dots between them, so long at least. */
#define TOKEN_PART_1_MIN 17
#define TOKEN_PART_2_MIN 5
#define TOKEN_PART_3_MIN 20
#define LOG_FIELD_BYTES_MIN 64

/* Calls of rng_bytes until fresh entropy is mixed in, far below the 2^48 of SP 800-90A; nothing is refused. */
#define RNG_RESEED_CALLS 4096

/* Least room that inflate gets at a time, below the cap of its buffer; more output takes more steps. */
#define DEFLATE_STEP_BYTES 4096

/* ---- net ---- */

/* Descriptors of ours in one wait: gateway shards, the server, signals; more is our own mistake (asserted). */
#define LOOP_FDS_MAX 256
/* Timers set at once: one per interaction, request and connection, each bounded by its owner (asserted). */
#define LOOP_TIMERS_MAX 4096
/* Rounds of end-of-turn hooks; load, commit, reply and send need four. What is left runs in the next turn, at once. */
#define LOOP_HOOK_ROUNDS_MAX 16

/* A PEM file of roots; Debian's whole bundle has 220 kB. A larger one is refused. */
#define CA_BYTES_MAX (4u << 20)
/* One root while it is read, as PEM and as DER, and its name (curl's own bound); one beyond them makes the file refused. */
#define ROOT_BYTES_MAX 65536
#define ROOT_NAME_BYTES_MAX 1024

/* A URL; signed AWS queries are the longest. A longer one is refused. */
#define URL_BYTES_MAX 8192

/* Name look-up, TCP and TLS of one connection; a host that does not answer by then is ERR_TIMEOUT. */
#define HTTP_CONNECT_MS 10000
/* Transfers at once, and connections kept warm: each with TLS holds about 50 kB (BearSSL's buffers), so these take
 * 1.6 MB at most. Other requests wait in order; the connection unused for longest is closed. */
#define HTTP_RUNNING_MAX 32
/* Requests that wait for a transfer; beyond it http_start gives ERR_LIMIT. */
#define HTTP_WAITING_MAX 1024
/* Header lines of one request of ours; more are refused. */
#define HTTP_REQUEST_HEADERS_MAX 64
/* What a request of ours may carry: an image layer is the largest. Beyond it http_start gives ERR_LIMIT. */
#define HTTP_REQUEST_BYTES_MAX (64u << 20)
/* Header lines of an answer; AWS and Discord send 1 to 4 kB. Beyond it ERR_LIMIT. */
#define HTTP_HEADERS_BYTES_MAX 32768
/* Finished calls kept for reuse with their curl handles, 8 kB each; more are freed. */
#define HTTP_KEPT_CALLS_MAX 8
/* A warm connection is not reused after this long without use: middle boxes forget it. */
#define HTTP_IDLE_S 900
/* Seconds between TCP keep-alive probes, well under the 350 s after which AWS' NAT forgets a connection. */
#define HTTP_KEEPALIVE_S 30
/* Seconds that an address is remembered (curl's own default): a host that moves is followed after a minute. */
#define HTTP_ADDRESS_S 60
/* curl's buffers for what comes in and goes out of one transfer; more goes in parts. Its own default for uploads is 64 kB. */
#define HTTP_BUFFER_BYTES 16384
/* Memory of an answer that a finished call keeps for the next one; a larger buffer is given back. */
#define HTTP_KEPT_BYTES_MAX 16384

/* The answer to a WebSocket handshake; Cloudflare sends about 1 kB. Beyond it ERR_PROTO. */
#define WS_HANDSHAKE_BYTES_MAX 16384
/* Frames that wait for the socket; a gateway payload has at most 4 kB. Beyond it ws_send gives ERR_LIMIT. */
#define WS_QUEUE_BYTES_MAX 65536
/* Time for the peer to answer our close frame; then the socket is dropped. */
#define WS_CLOSE_MS 1000
/* Bytes read from one connection at one sitting, so that a flood does not starve the others; the rest in the next turn. */
#define WS_READ_BYTES_MAX (256u << 10)

/* Request line and headers of one request to our server; beyond it libmicrohttpd answers 431 or 414. */
#define SERVER_HEADERS_BYTES_MAX 16384
/* From accepting a connection, or from the last answer, to the end of the next request, and for a client to take an answer. Then the connection is dropped. */
#define SERVER_REQUEST_MS 30000
/* How often connections are looked over for that time. */
#define SERVER_SWEEP_MS 1000
/* How long a client may stay silent when all connections are in use; then it makes room for the next. */
#define SERVER_SILENT_MS 100
/* Clients that wait to be accepted; the kernel lets further ones knock again. */
#define SERVER_BACKLOG_MAX 128
/* Rounds of libmicrohttpd in one turn; what is left runs in the next turn, at once. */
#define SERVER_RUNS_MAX 8
/* How much of a body that is too long is read, as a factor of its bound, so that the client sees the 413; then it is dropped. */
#define SERVER_DRAIN_FACTOR 4

/* ---- gacha ---- */

/* Rarities of a catalog: sizes the counters of a draw; more are a fault (`range`). */
#define RARITIES_MAX 12
/* A catalog's text; a longer one is refused before it is read. */
#define CATALOG_BYTES_MAX (4u << 20)
/* Faults that are reported one by one; the rest are counted. */
#define CATALOG_FAULTS_MAX 1000
/* Items in the lists that banners keep of their own (a pool, or what rate-up leaves of it): four bytes each. A catalog
 * that needs more is refused, or a few megabytes of banners could ask for gigabytes. */
#define CATALOG_LISTED_MAX (4u << 20)
/* What a catalog within these bounds can take at most; for the arena that is given to catalog_load. */
#define CATALOG_ARENA_BYTES_MAX (128u << 20)
/* Scratch memory while a catalog is read: tokens and sorted keys of the longest text that is sensible, freed at the end;
 * a text that needs more is refused. */
#define CATALOG_SCRATCH_BYTES_MAX (256u << 20)
/* Stars of a rarity: what a line of a message can show; more are a fault (`range`). */
#define STARS_MAX 12
/* URL of an item's picture, as Discord's embeds take it; a longer one is a fault (`image`). */
#define IMAGE_URL_BYTES_MAX 2048
/* Characters of an id (gacha.md, Required) and of a client seed's bytes (gacha.md, Every pull can be verified). */
#define CATALOG_ID_MAX 64
#define CLIENT_SEED_BYTES_MAX 64
/* A player's row with every item of the largest catalog: an item takes 55 bytes of CATALOG_BYTES_MAX at least, and here its
 * id and at most 68 more (`"":{"count":…,"first":…,"favourite":true},`). A larger row is not written; the interaction fails
 * without a charge. */
#define PLAYER_BYTES_MAX (2 * CATALOG_BYTES_MAX)
/* Greatest integer of a catalog and of every account: what all readers of JSON agree on; beyond it is refused. */
#define GACHA_INTEGER_MAX 9007199254740991
/* Ledger rows of one interaction: ten pulls make at most 31 (cost, and item, shards, spark each). */
#define LEDGER_ROWS_MAX 64
/* Items on a player's list of wishes: what a message shows at a glance; a further one is refused. */
#define WISHES_MAX 10
/* Offers of one player that wait for an answer; a further one is refused. */
#define OFFERS_MAX 5
/* Life of an offer: time for somebody who plays at weekends to be asked on a Thursday; then all comes back. */
#define OFFER_LIFE_S (3 * 86400)
/* Banners whose points become shards at once, two ledger rows each, so that a ten-pull and the return of all offers fit
 * beside them; the others follow with the next change. */
#define SETTLE_BANNERS_MAX 8
/* States that the exact odds may enumerate; rules beyond it are refused with their size. */
#define ODDS_STATES_MAX (4u << 20)
/* Multiplications that one question about odds may cost (about a quarter of a second); rules beyond it are refused. */
#define ODDS_WORK_MAX (1u << 28)
/* The same of the wait for one item, which a person asks for in the loop (some 20 ms); what is further away is shown as such. */
#define ODDS_WAIT_WORK_MAX (1u << 24)
/* Pulls that a curve of chances shows: further a plot is flat. */
#define CURVE_PULLS_MAX 300
/* A receipt's line; a longer one is a fault. The longest that is made has 12 rarities with ids of 64 bytes: 6 KB. */
#define RECEIPT_BYTES_MAX 16384
/* Faults of a file of receipts that are reported one by one; the rest are counted. */
#define VERIFY_FAULTS_MAX 1000
/* Memory for one receipt while it is verified, as tokens and sorted keys of the longest line; beyond it the line is a fault. */
#define VERIFY_SCRATCH_BYTES_MAX (1u << 20)
/* Terms of a series and sweeps over a matrix, far above what the arguments of our tests need; what is reached then is taken. */
#define STAT_TERMS_MAX 100000
#define STAT_SWEEPS_MAX 64

/* ---- discord ---- */

/* Options of one command (Discord: 25); an interaction with more is refused. */
#define INTERACTION_OPTIONS_MAX 25
/* Values of one select (Discord: 25) and fields of one modal (Discord: 5 rows). */
#define INTERACTION_VALUES_MAX 25
#define INTERACTION_FIELDS_MAX 5

/* Shards of one process, each with a connection and some 100 kB (TLS 50, inflating 40); a larger bot runs several processes. */
#define SHARDS_MAX 64
/* Shards of a bot in all, far above the largest; a larger number is refused as a slip. */
#define SHARDS_TOTAL_MAX 65536
/* A gateway's URL without its query; Discord's have 40 bytes. A longer one counts as missing. */
#define GATEWAY_URL_MAX 512
/* Session id of READY (Discord: 32). With a longer one the session cannot be resumed. */
#define SESSION_ID_MAX 128
/* A message after inflating, and before. With intents 0 the largest is READY: 50 bytes for each of at most 2,500
 * servers. Beyond it the connection is closed. */
#define GATEWAY_MESSAGE_BYTES_MAX (2u << 20)
/* Tokens of the densest such message; a greater one is counted and skipped. */
#define GATEWAY_ARENA_BYTES_MAX (48u << 20)
/* Memory of a message that a connection keeps for the next one; a larger buffer is given back. */
#define GATEWAY_KEPT_BYTES_MAX 32768
/* What Discord takes as one payload from us (discord.md 7). */
#define GATEWAY_SEND_BYTES_MAX 4096
/* Sends of one connection in a minute (discord.md 7), of which at least some are kept for heartbeats. Others wait. */
#define GATEWAY_SENDS_MAX 120
#define GATEWAY_SENDS_WINDOW_MS 60000
#define GATEWAY_SENDS_KEPT_MIN 10
#define GATEWAY_SENDS_KEPT_MAX 100
/* Name look-up, TCP, TLS and WebSocket handshake; then the attempt has failed. */
#define GATEWAY_CONNECT_MS 10000
/* From the handshake to HELLO, and from IDENTIFY or RESUME, or the last event replayed, to READY or RESUMED; then the
 * connection is given up. */
#define GATEWAY_HELLO_MS 10000
#define GATEWAY_READY_MS 30000
/* Heartbeat intervals that make sense (Discord: 41,250 ms); another one is a broken protocol. */
#define HEARTBEAT_MS_MIN 50
#define HEARTBEAT_MS_MAX 600000
/* RESUMEs of one session that may end without RESUMED; then a new session is begun. */
#define RESUME_TRIES_MAX 3
/* Connects that may fail before the URL is fetched again, and at the resume URL before the base URL may be tried. */
#define GATEWAY_REFETCH_TRIES 3
#define RESUME_URL_TRIES 3
/* Random wait before a new IDENTIFY when Discord ended the session (discord.md 5). */
#define IDENTIFY_WAIT_MS_MIN 1000
#define IDENTIFY_WAIT_MS_MAX 5000
/* One IDENTIFY in this time for each shard_id % max_concurrency: Discord's 5 s and some for the way there. */
#define IDENTIFY_WINDOW_MS 5050
/* Values of max_concurrency that are told apart; a greater one counts as this, which is only slower. */
#define IDENTIFY_BUCKETS_MAX 64
/* Longest session_start_limit.reset_after that is believed (Discord: a day). */
#define IDENTIFY_RESET_MS_MAX (7 * 86400000LL)
/* Two reset times nearer than this are the same budget, told twice. */
#define IDENTIFY_RESET_SAME_MS 60000
/* Least wait when there is no budget left and Discord gives no time; doubled each time, up to a minute. */
#define IDENTIFY_ASK_MS 1000
#define IDENTIFY_ASK_MS_MAX 60000
/* A long wait for session starts is looked at again this often, since the wall clock may be set meanwhile. */
#define IDENTIFY_LOOK_MS 60000
/* Reconnecting: base and cap of the back-off, of which at least three quarters are waited. With this and
 * GATEWAY_REFETCH_TRIES an outage of ten minutes costs at most 20 connects (discord.md 1). */
#define RECONNECT_BASE_MS 1000
#define RECONNECT_MAX_MS 90000
/* Drops of a connection that was READY which are reconnected at once or within a second; given back when a connection
 * has been READY for RECONNECT_STABLE_MS. Then the back-off holds for them too. */
#define RECONNECT_QUICK_MAX 5
#define RECONNECT_QUICK_MS_MIN 250
#define RECONNECT_QUICK_MS_MAX 1000
#define RECONNECT_STABLE_MS 60000
/* Age up to which a stored session is resumed; Discord forgets sessions after a few minutes. An older one is dropped. */
#define RESUME_FRESH_MS 120000
/* A running process stores its sessions this long after an event, or without one, so that a crash costs no IDENTIFY. What
 * a RESUME then replays is older than an interaction may be, or known to the store. */
#define SESSION_KEEP_MS 5000
#define SESSION_KEEP_IDLE_MS 30000
/* A heartbeat without an answer for this long makes the door count as not ready. */
#define HEARTBEAT_LATE_MS 10000
/* Presence updates of one connection (Discord: 5 in 20 s); the newest waits. */
#define PRESENCE_SPACE_MS 5000
/* UTF-16 units of a presence's text (Discord); a longer one is cut. */
#define PRESENCE_TEXT_MAX 128
/* A bot token; real ones have 70 to 80 bytes. A longer one is refused. */
#define BOT_TOKEN_MAX 512

/* Requests to Discord that wait or are under way; beyond it rest_send gives ERR_LIMIT. */
#define REST_CALLS_MAX 1024
/* Requests under way at once; further ones wait in order. The other places of HTTP_RUNNING_MAX are for the store and AWS. */
#define REST_RUNNING_MAX 24
_Static_assert(REST_RUNNING_MAX < HTTP_RUNNING_MAX, "Discord may not take every transfer");
/* Attempts of one request; then it has failed. */
#define REST_ATTEMPTS_MAX 5
/* Back-off between attempts. */
#define REST_BACKOFF_BASE_MS 200
#define REST_BACKOFF_MAX_MS 10000
/* An answer's body; the longest is the list of our own commands. Beyond it the request has failed. */
#define REST_ANSWER_BYTES_MAX (2u << 20)
/* Memory for the tokens of such an answer. */
#define REST_ARENA_BYTES_MAX (48u << 20)
/* A path of the API: route, ids and an interaction's token (some 200 bytes). */
#define REST_URL_MAX 2048
/* Interaction tokens that answered 404, remembered for as long as so many newer ones leave room. */
#define REST_DEAD_TOKENS_MAX 1024
/* Difference between Discord's clock and ours that is believed. */
#define REST_CLOCK_OFFSET_MS_MAX 86400000

/* Rate-limit buckets remembered, in sets of which the one that resets first makes room. */
#define RATELIMIT_SETS 32
#define RATELIMIT_WAYS 16
/* Discord's global limit (discord.md 12). */
#define RATELIMIT_GLOBAL_MAX 50
#define RATELIMIT_GLOBAL_MS 1000
/* Wait after a 429 that gives no time, and the longest wait that is believed. */
#define RATELIMIT_DEFAULT_MS 1000
#define RATELIMIT_WAIT_MS_MAX 86400000
/* Answers of 401, 403 and 429 in ten minutes at which sending stops (discord.md 13), and the parts in which they are counted. */
#define RATELIMIT_INVALID_MAX 5000
#define RATELIMIT_INVALID_MS 600000
#define RATELIMIT_INVALID_SLOTS 60

/* Characters of all embeds of a message (discord.md 17); the longest texts are cut. */
#define EMBEDS_UNITS_MAX 6000

/* ---- aws ---- */

/* A secret access key; AWS' have 40 bytes. A longer one is refused. */
#define AWS_SECRET_BYTES_MAX 256
/* Headers of one signed request, parameters of its query, the names of the signed headers, and its canonical form, in which
 * the session token (some 1 to 3 kB) and the URL are the longest. More are refused. */
#define SIGV4_HEADERS_MAX 32
#define SIGV4_PARAMETERS_MAX 64
#define SIGV4_NAMES_BYTES_MAX 1024
#define SIGV4_TEXT_BYTES_MAX 65536
/* Signing keys kept, one per day, region and service: what one process talks to. Beyond it the oldest is derived anew. */
#define SIGV4_KEYS_MAX 8
/* Life of a signed URL (AWS: seven days); more is our own mistake (asserted). */
#define SIGV4_EXPIRES_S_MAX 604800

/* A shared file, the memory for what it says, and profiles that name each other. Larger ones and longer chains are refused. */
#define AWS_FILE_BYTES_MAX (256u << 10)
#define AWS_ORIGIN_BYTES_MAX (2u << 20)
#define AWS_ROLES_MAX 5
/* A token file: a JWT of Kubernetes or GitHub has 1 to 2 kB; a longer one is refused. */
#define AWS_TOKEN_BYTES_MAX (16u << 10)
/* An answer with credentials; they have some 2 kB. A longer one is refused. */
#define AWS_CREDENTIALS_BYTES_MAX (64u << 10)
/* Credentials are asked for again so long before they end (IMDS has new ones five minutes before), or at half of a shorter
 * life, and not used any more so shortly before. */
#define AWS_REFRESH_AHEAD_MS (10 * 60 * 1000)
#define AWS_EXPIRED_AHEAD_MS 1000
/* Attempts at one endpoint of credentials, the time of each, and the pause after a failure of all of them. IMDS is asked only
 * where nothing else is set, and outside EC2 nobody answers. */
#define AWS_CREDENTIALS_ATTEMPTS_MAX 3
#define AWS_CREDENTIALS_MS 2000
#define AWS_GITHUB_MS 10000
#define AWS_INSTANCE_MS 1000
#define AWS_INSTANCE_ATTEMPTS_MAX 2
#define AWS_CREDENTIALS_PAUSE_MS 1000
#define AWS_CREDENTIALS_PAUSE_MAX_MS 60000
/* Life of a session that is asked for (AWS' own default), and of IMDS' token. */
#define AWS_SESSION_S 3600
#define AWS_INSTANCE_TOKEN_S 21600

/* Requests to AWS that wait or are under way; beyond it aws_send gives ERR_LIMIT. */
#define AWS_CALLS_MAX 1024
/* Requests under way at once: the places of HTTP_RUNNING_MAX that Discord may not take. Further ones wait in order. */
#define AWS_RUNNING_MAX (HTTP_RUNNING_MAX - REST_RUNNING_MAX)
/* What an operation may take in all, in times of one attempt; then it has failed. */
#define AWS_PATIENCE 4
/* Attempts of one request unless AWS_MAX_ATTEMPTS says otherwise, and the most that it may say. */
#define AWS_ATTEMPTS 5
#define AWS_ATTEMPTS_MAX 20
/* Back-off before the second attempt, at most, and the longest of all; DynamoDB answers in milliseconds. */
#define AWS_BACKOFF_MS 500
#define AWS_BACKOFF_DYNAMODB_MS 50
#define AWS_BACKOFF_MAX_MS 20000
/* What a service may ask for (Retry-After); more counts as this. */
#define AWS_RETRY_AFTER_MS_MAX 60000
/* Tokens for further attempts, shared by all requests (the SDKs' standard mode): so many at first, so many for one, and one
 * back for a request that needed none. Without any left, a failure is final, so that a service in trouble is left alone. */
#define AWS_BUDGET_TOKENS 500
#define AWS_BUDGET_RETRY 5
#define AWS_BUDGET_BACK 1
/* A signature that differs from the service's clock by this is taken for a wrong clock; AWS allows 5 to 15 minutes. */
#define AWS_SKEW_MS (4 * 60 * 1000)
/* What is sent; DynamoDB takes 16 MB, a transaction of ours has a few 100 kB. A longer input is refused. */
#define AWS_INPUT_BYTES_MAX (4u << 20)
/* An answer: DynamoDB gives 1 MB of items at a time, in JSON up to three times that. A larger one fails the request. */
#define AWS_ANSWER_BYTES_MAX (4u << 20)
/* Region and endpoints of a client, a URL for each service at most. */
#define AWS_PLACES_BYTES_MAX (256u << 10)
/* Memory while a request is made: its headers, with a session token of AWS_TOKEN_BYTES_MAX. */
#define AWS_WIRE_BYTES_MAX (256u << 10)
/* Memory while one answer or input is read: tokens of the densest. */
#define AWS_ARENA_BYTES_MAX (96u << 20)
/* What is quoted of a message of AWS, and of its request's id; the rest is cut. */
#define AWS_QUOTED_BYTES_MAX 220
#define AWS_REQUEST_ID_BYTES_MAX 64
/* A region's name; the longest has 14 letters. A longer one is refused. */
#define AWS_REGION_BYTES_MAX 32
/* Nesting and size of an XML answer; AWS' have some ten levels. Beyond it the answer is refused. */
#define XML_DEPTH_MAX 32
#define XML_BYTES_MAX (4 << 20)

/* ---- web ---- */

/* Cards of one picture: a ten-pull. More are refused. */
#define CARDS_MAX 10
/* The file of a picture. A ten-pull takes 45 to 55 kB; one that would be larger, with art of the items, gets fewer colours,
 * and at last emblems in the place of art. */
#define CARDS_BYTES_MAX 60000
/* Colours of a picture: more are hardly seen and cost bytes. */
#define CARDS_COLORS 128
#define CARDS_COLORS_FEW 64
/* A side of a picture: two rows of five cards need 864 pixels. A longer one is refused. */
#define CANVAS_SIDE_MAX 1024
/* A glyph as it is drawn, far above the largest at our sizes; a larger one is refused. */
#define GLYPH_PIXELS_MAX 65536
/* How much of a name is looked at: two lines hold less. The rest is cut with an ellipsis. */
#define LABEL_BYTES_MAX 384
/* zlib's level for pictures: what is slower saves less than a twentieth. */
#define PNG_LEVEL 4
/* The file and a side of an item's own picture, which is shown at 150 × 157 pixels; a larger one gives way to an emblem. */
#define ART_BYTES_MAX (512u << 10)
#define ART_SIDE_MAX 512

/* ---- store ---- */

/* How long a statement waits for another process that writes; the loop stands still meanwhile, so it is short. Then
 * ERR_IO, or ERR_THROTTLED for a commit, and whoever asked tries again later. While the file is opened it may be longer. */
#define STORE_BUSY_MS 20
#define STORE_OPEN_BUSY_MS 2000
/* Expired rows removed after one turn with commits, so that a turn stays short. */
#define STORE_PURGE_MAX 8
/* Pages of SQLite's write-ahead log before it is folded into the file: short stalls, 4 MB of log. */
#define STORE_WAL_PAGES 1000
/* SQLite's page cache in KiB. */
#define STORE_CACHE_KIB 512

/* Writes of one change set; with the idempotency row at most 100 items (DynamoDB's bound, interface.md, Tables). */
#define STORE_WRITES_MAX 96
/* Those of them that a change set has room for in itself; interactions of one player need five at most. The others stand
 * in its arena; without one they are refused. */
#define STORE_WRITES_OWN 8
/* Scores of one row on a leaderboard: each is an index that every write of the row updates. */
#define STORE_SCORES 3
/* Rows of a leaderboard that one question gives: what an embed can show. More are not read. */
#define LEADERBOARD_ROWS_MAX 25
/* Rows that are counted to tell a rank, some milliseconds; a rank further down is told as unknown. */
#define LEADERBOARD_RANK_MAX 10000
/* Sort numbers tried for one history row: milliseconds × 1000 + 0…999 (interface.md, Tables). */
#define STORE_APPEND_TRIES_MAX 1000

/* ---- bot ---- */

/* Interactions worked on at once; at 200 a second and 5 ms each a handful is. Beyond it a person is told that the bot is busy. */
#define TASKS_MAX 256
/* Tasks whose arena stays allocated between interactions; those beyond, which only bursts use, give theirs back. */
#define TASKS_WARM 16
/* Memory of one interaction: decoded event, rows, draws and answer take 30 KB, a page of history 100 KB, a row of
 * PLAYER_BYTES_MAX 6 MB, which may be there twice, in blocks that double. Beyond it the interaction fails and nothing is
 * charged. */
#define TASK_ARENA_BYTES_MAX (24u << 20)
/* An answer as JSON: Discord's own limits on text make some 30 KB; a longer one fails the interaction. */
#define ANSWER_BYTES_MAX (96u << 10)
/* Ids of interactions remembered against repetition, and as delivered, in sets of which the oldest makes room: about
 * 20 s of 200 a second, well over the 2.5 s after which an interaction is stale; a crowded set forgets sooner. The
 * store's idempotency key holds for the day. */
#define RECENT_IDS_MAX 4096

/* An interaction older than this on arrival cannot be answered in Discord's 3 s any more: dropped (gacha.md, Commands). */
#define INTERACTION_STALE_MS 2500
/* Age at which a deferral goes out when the answer is not there yet; a second is left for the way to Discord. */
#define INTERACTION_DEFER_MS 2000
/* Discord's bounds: first answer, and life of the token (discord.md 16). No attempt begins after them. */
#define INTERACTION_FIRST_MS 3000
#define INTERACTION_TOKEN_MS (15 * 60 * 1000)

/* An alarm: its text as JSON, what is read of the answer, and how long it may take; the process waits for it when it ends,
 * so it is below the 3 s that work in flight gets. Beyond these it is not sent, and the log says so. */
#define ALARM_BYTES_MAX 2048
#define ALARM_ANSWER_BYTES_MAX (64u << 10)
#define ALARM_MS 2500

/* Times that one interaction is computed afresh after a lost race; then it fails and nothing is charged. */
#define COMMIT_RACES_MAX 8
/* Least and greatest pause before the store is asked again after a failure, and the time after which that ends. */
#define STORE_PAUSE_MS 50
#define STORE_PAUSE_MAX_MS 1000
#define STORE_PATIENCE_MS 12000
/* A delivered answer is noted in the store with the next commit; alone, with a write to the disk of its own, once there was
 * none for this long. Killed before that, its player hears it once more. At 200 a second hardly a note is alone, at the
 * worst rate, 20 a second, 7 are. */
#define DELIVERY_NOTE_MS 50
/* Seconds that an interaction's id and answer are kept (interface.md, HTTP). */
#define ANSWER_KEPT_S 86400
/* Answers that did not arrive and are told with the next one; older ones are left to /history. */
#define EARLIER_ANSWERS_MAX 4

/* Age at which a button says that it is too old; prices and banners have moved on by then. */
#define BUTTON_LIFE_S (7 * 86400)
/* Interactions on one page of /history: ten pulls each fit into an embed. */
#define HISTORY_PAGE_ROWS 5
/* Banners that one message lists; Discord allows ten embeds of 6000 characters in all. */
#define BANNERS_SHOWN_MAX 8

/* Revisions of the catalog in one list; with more the oldest goes, its text stays. */
#define REVISIONS_MAX 32
/* A catalog's text as it is kept: deflated, in rows that stay under DynamoDB's 400 kB as base64. The largest catalog with
 * text of little repetition deflates to some 1.5 MB; a longer one is refused as too long to be kept. */
#define REVISION_PART_BYTES (256u << 10)
#define REVISION_PARTS_MAX 8
/* Catalogs in memory beside the configured one, a few hundred kB each; with HOMU_SCOPE=guild
 * each server may have its own. While all are in use, by interactions that are not answered yet, another one waits. */
#define CATALOGS_KEPT_MAX 8
/* Memory while a revision is read: its parts as base64, deflated and plain. Beyond it the look fails. */
#define CATALOGS_LOOK_BYTES_MAX (32u << 20)
/* The whole history for a file of it: rows and bytes of documents after which no further page is asked for, so that the file
 * is far below MULTIPART_BYTES_MAX and the task's arena holds both; some 5,000 receipts. The older rows go into another file. */
#define HISTORY_ALL_ROWS_MAX 16384
#define HISTORY_ALL_BYTES_MAX (4u << 20)
/* Rows that are asked for at a time then; with at most 16 kB each they stay under DynamoDB's megabyte. */
#define HISTORY_ALL_PAGE_ROWS 64
/* How long a deleted player's place is kept, so that the start currency is not had again by deleting. */
#define TOMBSTONE_S (30 * 86400)

/* Jobs that wait in one row, and its document: a key of two snowflakes each. With more a deletion is refused for the moment. */
#define JOBS_MAX 256
#define JOB_LIST_BYTES_MAX (64u << 10)
/* Rows that a job deletes at a time, below STORE_WRITES_MAX, and the memory for them: some 16 kB each, far more at the worst. */
#define JOB_ROWS_MAX 90
#define JOB_ARENA_BYTES_MAX (32u << 20)
/* Pause between two parts of a job, a few milliseconds each, and the least one after a failure; time after which jobs are
 * looked for that another process left, and the greatest pause after failures. */
#define JOB_PAUSE_MS 50
#define JOBS_LOOK_MS (5 * 60 * 1000)
/* Rows that a command may ask for beside players and settings: a catalog's text is the most. */
#define PLAN_ROWS_MAX (REVISION_PARTS_MAX + 1)
/* Further writes of a command: the text of a catalog, its list, an entry of the audit. */
#define TURN_WRITES_MAX (REVISION_PARTS_MAX + 2)
/* Items in one gift or trade, and what an administrator may give or take at once; more are refused. */
#define TRADE_COUNT_MAX 1000
#define GRANT_MAX 1000000000
/* Characters of an administrator's reason; Discord refuses more. */
#define REASON_CHARACTERS_MAX 200
/* Bytes of one text of the audit: a reason of REASON_CHARACTERS_MAX, or the changes of a catalog in a few lines; more is cut. */
#define AUDIT_TEXT_MAX 1200
/* Text of an embed's description and of a field while it is written: Discord's 4096 and 1024 characters, of at most three
 * bytes each, and some more that the message cuts. A longer one is full and ends there. */
#define PAGE_BYTES_MAX 12800
#define FIELD_BYTES_MAX 3200
/* Memory of one edit: the texts before and after with their tokens, the new catalog, and the odds of both; given back with
 * the answer. Beyond it the edit is refused as too large. */
#define CATALOG_WORK_BYTES_MAX (2 * CATALOG_ARENA_BYTES_MAX)
/* Life of a catalog's edit that waits to be published: the day on which it was made; then it is made again. */
#define CATALOG_DRAFT_S 86400
/* How far ahead a revision's start may lie: what is planned further blocks every edit in between. */
#define CATALOG_AHEAD_S (366 * 86400)
/* Lines of one input of a catalog's forms; Discord's 4000 characters hold no more that make sense. More are a fault. */
#define FORM_LINES_MAX 64
/* Columns of a table of items; there are nine that mean something. More are a fault. */
#define CSV_COLUMNS_MAX 16
/* Faults of a form or a table that are told one by one: what a message shows; the rest are counted. */
#define EDIT_FAULTS_MAX 64
/* A server's pause between two pulls of a player: a day is the longest that makes sense. */
#define COOLDOWN_S_MAX 86400

/* An answer with its files: JSON, a picture, or a file of the largest catalog or of all that one player has. A larger one
 * cannot be sent. Discord takes 10 MB. */
#define MULTIPART_BYTES_MAX (9u << 20)
/* Time to fetch the file that a person attached; the answer is deferred meanwhile. */
#define FETCH_MS 20000

/* Bodies of requests to our server; interactions have 2 to 10 KB. Larger ones get 413. */
#define HTTP_BODY_BYTES_MAX (256u << 10)
/* Connections to our server; libmicrohttpd refuses more. */
#define HTTP_CONNECTIONS_MAX 128
/* Memory of one question to the playground's API: the states of a banner's odds with their tables, a catalog that is
 * checked, or a page of receipts; given back with the answer. Beyond it the question is refused. */
#define PLAYGROUND_ARENA_BYTES_MAX (256u << 20)
/* An answer of it: eight times the largest catalog. A longer one fails. */
#define PLAYGROUND_ANSWER_BYTES_MAX (32u << 20)
/* Pulls of a simulation that the page starts: seconds, or minutes with a seed; more are refused, `simulate` takes them. */
#define SIMULATION_PULLS_MAX 100000000
/* Time that a simulation draws before the loop looks at everything else, and pulls between two looks at the clock. */
#define SIMULATION_SLICE_US 4000
#define SIMULATION_STEP_PULLS 1024
/* A page of receipts: rows of the history, and bytes after which no further row is begun. */
#define RECEIPTS_PAGE_ROWS 64
#define RECEIPTS_PAGE_BYTES (128u << 10)
/* A signature whose timestamp is further off is refused (interface.md, HTTP). */
#define SIGNATURE_SKEW_S 300
/* Time for the store to answer /health/db and /ready; `health --strict` prints within 2 s. Then it counts as disconnected. */
#define PROBE_MS 1500
/* Time for interactions in flight after SIGTERM, within ECS' stopTimeout of 10 s and our promise of 5 s. */
#define STOP_MS 3000
/* The gateway's session as JSON; a larger one is not kept, and the next start identifies. */
#define GATEWAY_STATE_BYTES_MAX 65536

/* ---- cli and config ---- */

/* Positional arguments and options of one command line; more are a usage error. */
#define CLI_ARGUMENTS_MAX 64
#define CLI_OPTIONS_MAX 64
/* homuhomu.env and secret files. */
#define CONFIG_FILE_BYTES_MAX (64u << 10)
/* All settings together; the kernel lets one variable have 128 KiB. More are a fault of configuration. */
#define CONFIG_BYTES_MAX (1u << 20)
/* Variables AWS_* with GitHub's and HOME: the SDKs know some hundred, few are ever set. More are refused. */
#define CONFIG_AWS_MAX 128
/* Memory of one command: the largest catalog with its tables, or the states of its odds. Beyond it the command fails. */
#define CLI_ARENA_BYTES_MAX (1u << 30)
/* One JSON document of a command: sixteen times the largest catalog. A larger one fails the command. */
#define CLI_JSON_BYTES_MAX (64u << 20)
/* What `health` waits for all answers together: its promise is 2 s. Then what has not answered has failed. */
#define HEALTH_MS 1800
/* An answer to it; a longer one is not from this program and fails. */
#define HEALTH_BODY_BYTES_MAX 16384
/* Pulls of one simulation: half a day on one core. A larger number is a usage error. */
#define SIMULATE_PULLS_MAX 1000000000000
/* Bytes of a file that a command reads at a time. */
#define CLI_CHUNK_BYTES (256u << 10)
/* A line of an export: a player's whole document, far above what one can own. A longer line is a fault. */
#define EXPORT_LINE_BYTES_MAX (16u << 20)
/* Catalogs that may be given to one `verify`. */
#define CLI_CATALOGS_MAX 64
/* Time between two drawings of progress on a terminal: smooth to the eye, and nothing to pay. */
#define CLI_PROGRESS_MS 100

#endif
