/*
 * Gifts and trades (gacha.md, Economy): items only, by their ids, whether the catalog still has them or not.
 *
 * Both players' rows belong into one commit. What is offered lies in escrow until the other player
 * accepts, or until it ends: declined, withdrawn or expired; then all of it comes back. A favourite's last copy is given
 * by no way. Each function is all or nothing.
 */
#ifndef GACHA_OFFER_H
#define GACHA_OFFER_H

#include "gacha/economy.h"

/* A gift at once. DEAL_COUNT, DEAL_SELF, DEAL_SHORT, DEAL_FAVOURITE, DEAL_OVERFLOW, DEAL_FAILED. */
enum deal gift_make(struct player *from, struct ledger *from_ledger, struct player *to, struct ledger *to_ledger,
		    struct str item, int64_t count, int64_t now_s, struct err *err);

/*
 * Opens an offer for OFFER_LIFE_S; terms: id, to, give, give_count, want, want_count (copied; its other members are set
 * here). DEAL_COUNT, DEAL_SELF, DEAL_SAME_ITEM, DEAL_SHORT, DEAL_FAVOURITE, DEAL_OFFERS_FULL, DEAL_FAILED.
 */
enum deal offer_make(struct player *from, struct ledger *ledger, const struct player_offer *terms, int64_t now_s,
		     struct err *err);
/*
 * The offer's receiver gives what is wanted and gets what is in escrow. DEAL_NO_OFFER, DEAL_STRANGER (to is another),
 * DEAL_SHORT and DEAL_FAVOURITE (of to, in what is wanted), DEAL_OVERFLOW, DEAL_FAILED.
 */
enum deal offer_accept(struct player *from, struct ledger *from_ledger, struct player *to, struct ledger *to_ledger,
		       struct str id, int64_t now_s, struct err *err);
/*
 * Declined by its receiver or withdrawn by its maker (by: the key of the one or the other, else DEAL_STRANGER). Also
 * DEAL_NO_OFFER, DEAL_OVERFLOW, DEAL_FAILED.
 */
enum deal offer_end(struct player *from, struct ledger *ledger, struct str id, struct str by, struct err *err);
/*
 * Ends every offer that has expired at now_s; one whose return there is no room for stays. Returns how many; for every
 * player that is loaded for a change.
 */
size_t offer_expire_all(struct player *player, struct ledger *ledger, int64_t now_s);

#endif
