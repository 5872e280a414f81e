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
	"color-scheme:light dark}</style>\n"
	"<h1>homuhomu ";

static const char intro[] =
	"</h1>\n<p>A gacha game for Discord. / Discord のガチャ bot です。</p>\n";

static const char at_discord[] = "<p>The bot answers at Discord. / bot は Discord で応答しています。</p>\n";

static const char elsewhere[] =
	"<p>This is the playground, which is open on its own machine alone: serve it with HOMU_HTTP=127.0.0.1:8787. / "
	"遊び場は、動かしている機械の中だけで開きます。HOMU_HTTP=127.0.0.1:8787 で動かしてください。</p>\n";

void page_write(const struct catalog *catalog, bool playground, struct buf *out)
{
	buf_addc(out, head);
	buf_addc(out, cli_version);
	buf_addc(out, intro);
	buf_addc(out, playground ? elsewhere : at_discord);
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
