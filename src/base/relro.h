/* musl's start code relocates a static-pie but leaves its PT_GNU_RELRO segment (tables of pointers, the GOT) writable,
 * since that is the dynamic loader's task elsewhere. This module finds the segment of the running program and makes it
 * read-only. It allocates nothing. */
#ifndef BASE_RELRO_H
#define BASE_RELRO_H

#include <stdbool.h>

/* Call it first thing in main(). False with errno set if the kernel refuses; true where there is no such segment. */
bool relro_protect(void);

#endif
