#include "base/relro.h"

#include <elf.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* Set by the linker at the program's ELF header, which is mapped at the load address (gABI, chapter 5). */
extern const Elf64_Ehdr __ehdr_start __attribute__((visibility("hidden")));

bool relro_protect(void)
{
	const uintptr_t base = (uintptr_t)&__ehdr_start;
	const Elf64_Phdr *headers = (const void *)(base + __ehdr_start.e_phoff);
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	for (unsigned i = 0; i < __ehdr_start.e_phnum; i++) {
		if (headers[i].p_type != PT_GNU_RELRO)
			continue;
		/* As in glibc's _dl_protect_relro: whole pages only; the linker ends the segment on a page. */
		uintptr_t start = (base + headers[i].p_vaddr) & ~(page - 1);
		uintptr_t end = (base + headers[i].p_vaddr + headers[i].p_memsz) & ~(page - 1);

		if (end > start && mprotect((void *)start, end - start, PROT_READ) != 0)
			return false;
	}
	return true;
}
