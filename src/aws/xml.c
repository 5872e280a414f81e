#include "aws/xml.h"

#include <expat.h>

#include "base/limits.h"

struct reading {
	XML_Parser parser;
	struct arena *arena;
	struct xml *root, *current;
	unsigned depth;
	bool refused; /* a DTD, or too deep a nesting */
};

static void stop(struct reading *reading)
{
	reading->refused = true;
	XML_StopParser(reading->parser, XML_FALSE);
}

static void begin_element(void *owner, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *reading = owner;
	struct xml *element = ARENA_NEW(reading->arena, struct xml);
	struct str full = str_from(name), prefix, local;

	(void)attributes;
	if (!element || ++reading->depth > XML_DEPTH_MAX) {
		stop(reading);
		return;
	}
	if (!str_cut(full, ':', &prefix, &local))
		local = full;
	element->name = arena_str(reading->arena, local);
	element->text = STR_EMPTY;
	element->parent = reading->current;
	if (!reading->current)
		reading->root = element;
	else if (reading->current->last)
		reading->current->last->next = element;
	else
		reading->current->first = element;
	if (reading->current)
		reading->current->last = element;
	reading->current = element;
}

static void end_element(void *owner, const XML_Char *name)
{
	struct reading *reading = owner;

	(void)name;
	if (reading->current->first)
		reading->current->text = STR_EMPTY;
	reading->current = reading->current->parent;
	reading->depth--;
}

/* Text may come in pieces. */
static void take_text(void *owner, const XML_Char *data, int len)
{
	struct reading *reading = owner;
	struct xml *element = reading->current;
	struct str piece = str_make(data, (size_t)len);

	if (element->first)
		return;
	element->text = element->text.len ? arena_printf(reading->arena, "%.*s%.*s", STR_ARG(element->text), STR_ARG(piece))
					  : arena_str(reading->arena, piece);
	if (reading->arena->full)
		stop(reading);
}

static void refuse_doctype(void *owner, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name, (void)system, (void)public, (void)internal;
	stop(owner);
}

bool xml_parse(struct arena *arena, struct str text, struct xml **root, struct err *err)
{
	struct reading reading = {.arena = arena};
	enum XML_Status status;
	bool ok;

	if (text.len > XML_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the XML has more than %d bytes", XML_BYTES_MAX);
	reading.parser = XML_ParserCreate(NULL);
	if (!reading.parser)
		return err_set(err, ERR_MEMORY, "there is no memory to read XML");
	XML_SetUserData(reading.parser, &reading);
	XML_SetElementHandler(reading.parser, begin_element, end_element);
	XML_SetCharacterDataHandler(reading.parser, take_text);
	XML_SetStartDoctypeDeclHandler(reading.parser, refuse_doctype);
	status = XML_Parse(reading.parser, text.ptr, (int)text.len, XML_TRUE);
	ok = status == XML_STATUS_OK && arena_check(arena, "the XML", err);
	if (ok)
		*root = reading.root;
	else if (reading.refused && !arena->full)
		err_set(err, ERR_INPUT, "line %lu: a document type or a nesting of more than %d elements is refused",
			(unsigned long)XML_GetCurrentLineNumber(reading.parser), XML_DEPTH_MAX);
	else if (arena->full)
		arena_check(arena, "the XML", err);
	else
		err_set(err, ERR_INPUT, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(reading.parser),
			XML_ErrorString(XML_GetErrorCode(reading.parser)));
	XML_ParserFree(reading.parser);
	return ok;
}

const struct xml *xml_get(const struct xml *element, const char *name)
{
	for (const struct xml *child = element ? element->first : NULL; child; child = child->next)
		if (str_eqc(child->name, name))
			return child;
	return NULL;
}

struct str xml_text(const struct xml *element)
{
	return element ? element->text : STR_EMPTY;
}

static bool is_list(const struct xml *element)
{
	for (const struct xml *child = element->first; child; child = child->next)
		if (!str_eqc(child->name, "member") && !str_eqc(child->name, "item"))
			return false;
	return element->first != NULL;
}

/* Walks with the tree's own links: its depth is from outside, within XML_DEPTH_MAX. */
void xml_put_json(struct json_writer *writer, const struct xml *element)
{
	if (!element->first) {
		json_put_str(writer, element->text);
		return;
	}
	if (is_list(element)) {
		json_begin_array(writer);
		for (const struct xml *child = element->first; child; child = child->next)
			xml_put_json(writer, child);
		json_end_array(writer);
		return;
	}
	json_begin_object(writer);
	for (const struct xml *child = element->first; child; child = child->next) {
		struct str name = child->name;
		const struct xml *earlier = element->first;

		while (!str_eq(earlier->name, name))
			earlier = earlier->next;
		if (earlier != child)
			continue;
		json_key(writer, name);
		xml_put_json(writer, child);
	}
	json_end_object(writer);
}
