#include "bot/page.h"

#include "cli_version.h"

static void add_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		switch (text.ptr[i]) {
		case '&':
			buf_addc(out, "&amp;");
			break;
		case '<':
			buf_addc(out, "&lt;");
			break;
		case '>':
			buf_addc(out, "&gt;");
			break;
		case '"':
			buf_addc(out, "&quot;");
			break;
		default:
			buf_add_char(out, text.ptr[i]);
		}
	}
}

static const char head[] =
	"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n<title>homuhomu</title>\n"
	"<style>body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;"
	"color-scheme:light dark}pre{overflow:auto;padding:1rem;border:1px solid #8884;border-radius:.5rem}</style>\n"
	"<h1>homuhomu ";

static const char intro[] =
	"</h1>\n<p>A gacha game for Discord. / Discord のガチャ bot です。</p>\n";

static const char example[] =
	"<p>No token is set, so this is the playground: the real program, which takes interactions from this machine. "
	"Set <code>DISCORD_BOT_TOKEN</code> to make it a bot. / トークンがないので、手元で試せる状態です。"
	"<code>DISCORD_BOT_TOKEN</code> を設定すると bot になります。</p>\n<pre>curl -s http://";

static const char example_rest[] =
	"/interactions -H 'Content-Type: application/json' -d '{\n"
	"  \"id\": \"'$(date +%s%N)'\", \"application_id\": \"1\", \"type\": 2, \"token\": \"local\",\n"
	"  \"locale\": \"ja\", \"user\": {\"id\": \"1\", \"username\": \"you\"},\n"
	"  \"data\": {\"name\": \"gacha\", \"options\": [{\"name\": \"pull\", \"type\": 1, \"options\": [\n"
	"    {\"name\": \"count\", \"type\": 4, \"value\": 10}]}]}}'</pre>\n";

static const char gateway_text[] = "<p>The bot answers at Discord. / bot は Discord で応答しています。</p>\n";

void page_write(const struct catalog *catalog, bool playground, struct str address, struct buf *out)
{
	buf_addc(out, head);
	buf_addc(out, cli_version);
	buf_addc(out, intro);
	if (playground) {
		buf_addc(out, example);
		add_escaped(out, address);
		buf_addc(out, example_rest);
	} else {
		buf_addc(out, gateway_text);
	}
	buf_addc(out, "<h2>Banners</h2>\n<ul>\n");
	for (size_t i = 0; i < catalog->banner_count; i++) {
		buf_addc(out, "<li>");
		add_escaped(out, catalog->banners[i].name.en);
		buf_addc(out, " / ");
		add_escaped(out, catalog->banners[i].name.ja);
		buf_addc(out, " <code>");
		add_escaped(out, catalog->banners[i].id);
		buf_addc(out, "</code></li>\n");
	}
	buf_addc(out, "</ul>\n<p><a href=\"/health\">/health</a> <a href=\"/health/db\">/health/db</a> "
		      "<a href=\"/ready\">/ready</a> <a href=\"/metrics\">/metrics</a></p>\n</html>\n");
}
