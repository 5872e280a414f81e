/*
 * The embedded store: SQLite in WAL mode with synchronous=FULL, one transaction per turn (group
 * commit), prepared statements, one connection. A file of a newer schema is refused; an older one is
 * migrated in a transaction.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "store/store.h"

/*
 * Opens or makes the file (mode 0600). ERR_CONFIG when its folder is not writable (the text names the mount to add), cannot do
 * WAL, or holds a database of another program or of a newer homuhomu; ERR_IO when it is no database, or is damaged.
 */
struct store *sqlite_open(struct str path, struct err *err);
/* Opens an existing file for reading alone, beside a running bot. It shows the state of the moment of opening until it is freed. */
struct store *sqlite_open_readonly(struct str path, struct err *err);

#endif
