#include "web/assets.h"

#include "base/deflate.h"

_Static_assert(sizeof(struct asset) == 48, "web/assets_data.S lays it out");

const struct asset *asset_find(struct str name)
{
	for (size_t i = 0; i < asset_count; i++)
		if (str_eqc(name, assets[i].name))
			return &assets[i];
	return NULL;
}

struct str asset_packed(const struct asset *asset)
{
	return str_make((const char *)asset->data, asset->len);
}

bool asset_unpack(const struct asset *asset, struct buf *out, struct err *err)
{
	return deflate_inflate(asset_packed(asset), out, err) || err_wrap(err, "the page's file %s", asset->name);
}
