"""The game's rules once more, in Python, from the written specification alone.

Nothing here looks at the program. Draws are integers throughout; odds are Decimal with 50
digits. Names follow the specification: n[r], flag[r], range(T), words, blocks.
"""

import datetime
import hashlib
import hmac
import json
import re
from decimal import Decimal, getcontext

getcontext().prec = 50

UNIT = 1_000_000_000            # 100 % in parts per thousand million
RATE = re.compile(r"^(0|[1-9][0-9]{0,2})(\.([0-9]{1,7}))?%$")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
RECEIPT_KEYS = ["v", "player", "epoch", "commit", "client_seed", "n", "slot", "banner", "catalog",
                "before", "result", "after", "at", "interaction", "chain"]


# Canonical JSON

def _string(text):
    return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c)
                         for c in text) + '"'


def canonical(value, ordered=False):
    """The canonical JSON of a value as text; `ordered` keeps the order of keys (receipts)."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(v, ordered) for v in value) + "]"
    if isinstance(value, dict):
        keys = list(value) if ordered else sorted(value, key=lambda k: k.encode("utf-8"))
        return "{" + ",".join(_string(k) + ":" + canonical(value[k], ordered) for k in keys) + "}"
    raise TypeError(f"no canonical form of {value!r}")


def rate(text):
    """Parts per thousand million of a rate, step or share."""
    found = RATE.match(text)
    if not found:
        raise ValueError(f"not a rate: {text!r}")
    parts = int(found.group(1)) * 10_000_000 + int((found.group(3) or "").ljust(7, "0"))
    if parts > UNIT:
        raise ValueError(f"over 100 %: {text!r}")
    return parts


class Banner:
    """One banner with everything a draw needs, in catalog order."""

    def __init__(self, catalog, raw):
        self.id, self.raw, self.catalog = raw["id"], raw, catalog
        self.rarities = [r["id"] for r in catalog.raw["rarities"]]
        self.top = self.rarities[0]
        self.base = {r: rate(raw["rates"][r]) if r in raw["rates"] else 0 for r in self.rarities}
        pool = set(raw["pool"]) if "pool" in raw else None
        items = [i for i in catalog.raw["items"] if pool is None or i["id"] in pool]
        self.items = {r: [i["id"] for i in items if i["rarity"] == r] for r in self.rarities}
        pity = raw.get("pity", {})
        self.hard = {r: p["hard"] for r, p in pity.items() if "hard" in p}
        soft = pity.get(self.top, {})
        self.soft_from = soft.get("soft_from")
        self.soft_step = rate(soft["soft_step"]) if "soft_step" in soft else None
        self.group = raw.get("pity_group", self.id)
        self.featured, self.share, self.guarantee = {}, {}, {}
        for r, up in raw.get("rate_up", {}).items():
            self.featured[r] = [i for i in self.items[r] if i in set(up["items"])]
            self.share[r] = rate(up["share"])
            self.guarantee[r] = up.get("guarantee", False)
        self.ten_pull = raw.get("ten_pull")

    def others(self, rarity):
        return [i for i in self.items[rarity] if i not in self.featured.get(rarity, [])]

    def p_top(self, n):
        """The chance of a top item at counter n, in parts of UNIT (rule 1)."""
        p = self.base[self.top]
        if self.soft_from is not None and n >= self.soft_from:
            p = min(UNIT, p + (n - self.soft_from + 1) * self.soft_step)
        if self.top in self.hard and n >= self.hard[self.top]:
            p = UNIT
        return p


class Catalog:
    def __init__(self, raw):
        self.raw = raw
        self.text = canonical(raw)
        self.sha256 = hashlib.sha256(self.text.encode("utf-8")).hexdigest()
        self.banners = {b["id"]: Banner(self, b) for b in raw["banners"]}
        self.rarity_of = {i["id"]: i["rarity"] for i in raw["items"]}
        self.rarities = [r["id"] for r in raw["rarities"]]

    @classmethod
    def load(cls, path):
        with open(path, "rb") as handle:
            return cls(json.loads(handle.read().decode("utf-8")))


# Words and draws

class Words:
    """The verifiable stream of one draw."""

    def __init__(self, seed, player, epoch, banner, catalog_hash, client_seed, n):
        self.key = seed
        self.head = f"v1|{player}|{epoch}|{banner}|{catalog_hash}|{client_seed}|{n}|".encode("utf-8")
        self.block, self.left, self.taken = 0, [], 0

    def word(self):
        if not self.left:
            digest = hmac.new(self.key, self.head + str(self.block).encode(), hashlib.sha256).digest()
            self.left = [int.from_bytes(digest[i:i + 8], "big") for i in range(0, 32, 8)]
            self.block += 1
        self.taken += 1
        return self.left.pop(0)

    def range(self, total):
        limit = (1 << 64) - ((1 << 64) % total)
        while True:
            word = self.word()
            if word < limit:
                return word % total


class State:
    """n and flag of one pity group."""

    def __init__(self, rarities, n=None, flag=None):
        self.n = {r: 1 for r in rarities}
        self.flag = {r: False for r in rarities}
        self.n.update(n or {})
        self.flag.update(flag or {})

    def copy(self):
        return State(list(self.n), dict(self.n), dict(self.flag))

    def shown(self):
        return {"n": dict(self.n), "flag": dict(self.flag)}


def draw(banner, state, words, guaranteed=False):
    """One draw; changes `state`, gives (rarity, item). `guaranteed`: a tenth draw whose first
    nine had nothing of `ten_pull` or above."""
    p = banner.p_top(state.n[banner.top])
    if guaranteed and banner.ten_pull == banner.top:
        p = UNIT
    if words.range(UNIT) < p:
        rarity = banner.top
    else:
        remain = banner.rarities[1:]
        if guaranteed:
            remain = [r for r in remain
                      if banner.rarities.index(r) <= banner.rarities.index(banner.ten_pull)]
        due = [r for r in remain if r in banner.hard and state.n[r] >= banner.hard[r]]
        if due:
            rarity = due[0]
        else:
            at = words.range(sum(banner.base[r] for r in remain))
            for rarity in remain:
                if at < banner.base[rarity]:
                    break
                at -= banner.base[rarity]
    item = _item(banner, state, words, rarity)
    below = False
    for r in banner.rarities:
        below = below or r == rarity
        state.n[r] = 1 if below else state.n[r] + 1
    return rarity, item


def _item(banner, state, words, rarity):
    if rarity not in banner.featured:
        items = banner.items[rarity]
        return items[words.range(len(items))]
    if state.flag[rarity] or words.range(UNIT) < banner.share[rarity]:
        items = banner.featured[rarity]
        state.flag[rarity] = False
        return items[words.range(len(items))]
    items = banner.others(rarity)
    item = items[words.range(len(items))]
    if banner.guarantee[rarity]:
        state.flag[rarity] = True
    return item


def ten(banner, state, words_of):
    """Ten draws in order; `words_of(k)` gives the stream of the k-th, from 0."""
    drawn = []
    for k in range(10):
        lucky = banner.ten_pull is not None and any(
            banner.rarities.index(r) <= banner.rarities.index(banner.ten_pull) for r, _ in drawn)
        drawn.append(draw(banner, state, words_of(k),
                          k == 9 and banner.ten_pull is not None and not lucky))
    return drawn


def simulate(catalog, banner_id, pulls, seed):
    """What `simulate --seed` counts: ({rarity: count}, {item: count})."""
    banner = catalog.banners[banner_id]
    state = State(banner.rarities)
    rarities = {r: 0 for r in banner.rarities}
    items = {i: 0 for r in banner.rarities for i in banner.items[r]}
    for n in range(1, pulls + 1):
        rarity, item = draw(banner, state, Words(seed, "simulate", 1, banner_id, catalog.sha256,
                                                 "", n))
        rarities[rarity] += 1
        items[item] += 1
    return rarities, items


# Receipts

def receipt_canonical(receipt):
    return canonical({k: receipt[k] for k in RECEIPT_KEYS[:-1]}, ordered=True)


def chain(previous, receipt):
    """The chain value of a receipt after `previous` (hex, or None at an epoch's start)."""
    before = bytes.fromhex(previous) if previous else bytes(32)
    return hashlib.sha256(before + receipt_canonical(receipt).encode("utf-8")).hexdigest()


class Verdict:
    def __init__(self):
        self.receipts, self.unchecked, self.faults = 0, 0, []

    @property
    def ok(self):
        return not self.faults


def verify(lines, catalogs, from_chain=None):
    """Replays receipts (an iterable of JSON lines); `catalogs` are the Catalogs at hand."""
    verdict = Verdict()
    by_hash = {c.sha256: c for c in catalogs}
    epochs, order = {}, []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        one = json.loads(line)
        if next(iter(one)) == "kind":
            continue
        verdict.receipts += 1
        if [k for k in one if k != "seed"] != RECEIPT_KEYS or one["v"] != 1:
            verdict.faults.append((number, "form"))
            continue
        key = (one["player"], one["epoch"])
        if key not in epochs:
            epochs[key] = []
            order.append(key)
        epochs[key].append((number, one))
    for key in order:
        _verify_epoch(verdict, epochs[key], by_hash, from_chain)
    return verdict


def _verify_epoch(verdict, rows, by_hash, from_chain):
    number, first = rows[0]
    previous = None
    if first["n"] != 1:
        if from_chain is None:
            verdict.faults.append((number, "start"))
            return
        previous = from_chain
    seeds = {bytes.fromhex(r["seed"]) for _, r in rows if "seed" in r}
    seed = next(iter(seeds)) if len(seeds) == 1 else None
    if len(seeds) > 1 or len({r["commit"] for _, r in rows}) != 1:
        verdict.faults.append((number, "commit"))
    if seed is not None and hashlib.sha256(seed).hexdigest() != first["commit"]:
        verdict.faults.append((number, "commit"))
    states, expected, pulls = {}, first["n"], []
    for number, one in rows:
        if one["n"] != expected:
            verdict.faults.append((number, "gap"))
        expected = one["n"] + 1
        if chain(previous, one) != one["chain"]:
            verdict.faults.append((number, "chain"))
        previous = one["chain"]
        pulls = _verify_slot(verdict, number, one, pulls)
        catalog = by_hash.get(one["catalog"])
        if catalog is None or seed is None:
            verdict.unchecked += 1
            continue
        _verify_draw(verdict, number, one, catalog, seed, states, pulls, first["n"] == 1)
    if pulls and pulls[-1]["slot"] not in (0, 10):
        verdict.faults.append((rows[-1][0], "slot"))


def _verify_slot(verdict, number, one, pulls):
    """The receipts of the ten-pull so far, this one included."""
    last = pulls[-1] if pulls else None
    open_ten = last is not None and 0 < last["slot"] < 10
    if one["slot"] == 0 or one["slot"] == 1:
        if open_ten:
            verdict.faults.append((number, "slot"))
        return [one]
    if not open_ten or one["slot"] != last["slot"] + 1 or one["interaction"] != last["interaction"]:
        verdict.faults.append((number, "slot"))
        return [one]
    return pulls + [one]


def _verify_draw(verdict, number, one, catalog, seed, states, pulls, whole):
    banner = catalog.banners.get(one["banner"])
    if banner is None:
        verdict.faults.append((number, "banner"))
        return
    if list(one["before"]["n"]) != banner.rarities or list(one["after"]["flag"]) != banner.rarities:
        verdict.faults.append((number, "form"))
        return
    known = states.get(banner.group)
    if known is None and one["epoch"] == 1 and whole:
        known = State(banner.rarities).shown()
    if known is not None and known != one["before"]:
        verdict.faults.append((number, "before"))
    state = State(banner.rarities, one["before"]["n"], one["before"]["flag"])
    guaranteed = False
    if one["slot"] == 10 and banner.ten_pull is not None and len(pulls) == 10:
        line = banner.rarities.index(banner.ten_pull)
        guaranteed = not any(banner.rarities.index(catalog.rarity_of[p["result"]]) <= line
                             for p in pulls[:9])
    words = Words(seed, one["player"], one["epoch"], one["banner"], one["catalog"],
                  one["client_seed"], one["n"])
    _, item = draw(banner, state, words, guaranteed)
    if item != one["result"]:
        verdict.faults.append((number, "result"))
    if state.shown() != one["after"]:
        verdict.faults.append((number, "after"))
    states[banner.group] = one["after"]


def make_receipts(catalog, banner_id, pulls, seed, player="1", epoch=1, client_seed="",
                  start=None, tens=False, reveal=True):
    """An honest run of receipts, for tests of verifiers. Every third pull is a ten if `tens`."""
    banner = catalog.banners[banner_id]
    state, out, previous = State(banner.rarities), [], None
    commit = hashlib.sha256(seed).hexdigest()
    at = start or datetime.datetime(2026, 8, 1, tzinfo=datetime.timezone.utc)
    number, interaction = 1, 1200000000000000000

    def one(slot, guaranteed):
        nonlocal previous, number
        before = state.shown()
        rarity, item = draw(banner, state, Words(seed, player, epoch, banner_id, catalog.sha256,
                                                 client_seed, number), guaranteed)
        receipt = {"v": 1, "player": player, "epoch": epoch, "commit": commit,
                   "client_seed": client_seed, "n": number, "slot": slot, "banner": banner_id,
                   "catalog": catalog.sha256, "before": before, "result": item,
                   "after": state.shown(), "at": (at + datetime.timedelta(seconds=number)).strftime(
                       "%Y-%m-%dT%H:%M:%SZ"), "interaction": str(interaction)}
        receipt["chain"] = previous = chain(previous, receipt)
        if reveal:
            receipt["seed"] = seed.hex()
        out.append(receipt)
        number += 1
        return rarity

    while number <= pulls:
        interaction += 4194304
        if tens and interaction // 4194304 % 3 == 0:
            line = banner.rarities.index(banner.ten_pull) if banner.ten_pull else -1
            lucky = False
            for slot in range(1, 11):
                rarity = one(slot, slot == 10 and line >= 0 and not lucky)
                lucky = lucky or banner.rarities.index(rarity) <= line
        else:
            one(0, False)
    return out


# Odds

def _to_top(banner, n):
    """[P(T = k)] for k = 1, 2, …, T the pulls to a top item from counter n; stops when what
    is left is below 1e-40. And the worst case, None if unbounded."""
    out, left, worst = [], Decimal(1), None
    while left > Decimal("1e-40"):
        p = Decimal(banner.p_top(n)) / UNIT
        out.append(left * p)
        if p == 1:
            worst = len(out)
            break
        if p == 0 and not _rises(banner):
            raise ZeroDivisionError("the top rarity can never be drawn")
        left *= 1 - p
        n += 1
    return out, worst


def _rises(banner):
    return bool(banner.soft_step) or banner.top in banner.hard


def _summary(distribution, worst, expected, long_run):
    total, quantiles, within, goal = Decimal(0), {}, {}, [50, 90, 99]
    for index, p in enumerate(distribution, 1):
        total += p
        while goal and total * 100 >= goal[0] - Decimal("1e-30"):
            quantiles[str(goal.pop(0))] = index
        if index in (10, 50, 80, 90, 100):
            within[str(index)] = total
    for k in (10, 50, 80, 90, 100):
        within.setdefault(str(k), Decimal(1))
    return {"rate": long_run, "expected": expected, "worst": worst, "quantiles": quantiles,
            "within": within}


def _mean(distribution):
    return sum(k * p for k, p in enumerate(distribution, 1))


def odds(banner, counters=None, flags=()):
    """The document that `odds BANNER --json` promises, in Decimal."""
    state = State(banner.rarities, counters, {r: True for r in flags})
    first, worst_first = _to_top(banner, state.n[banner.top])
    fresh, worst_fresh = _to_top(banner, 1)
    cycle = _mean(fresh)
    per_cycle = _per_cycle(banner)
    long_run = {r: per_cycle[r] / cycle for r in banner.rarities}
    out = {"top": _summary(first, worst_first, _mean(first), 1 / cycle), "featured": None}
    if banner.top in banner.featured:
        out["featured"] = _featured(banner, state, first, worst_first, worst_fresh, cycle)
    now = next_chances(banner, state)
    out["items"] = [
        {"id": i, "base": _class(banner, r, i, False, True) * banner.base[r] / UNIT,
         "rate": long_run[r] * _class(banner, r, i, True, False),
         "next": now[r] * _class(banner, r, i, False, True, state.flag[r])}
        for i in (x["id"] for x in banner.catalog.raw["items"])
        for r in [banner.catalog.rarity_of[i]] if i in banner.items[r]]
    return out


def _class(banner, rarity, item, long_run, at_once, flag=False):
    """The share of one item among draws of its rarity: in the long run, or at once."""
    assert long_run != at_once
    if rarity not in banner.featured:
        return Decimal(1) / len(banner.items[rarity])
    share = Decimal(banner.share[rarity]) / UNIT
    up = share
    if long_run and banner.guarantee[rarity]:
        up = 1 / (2 - share)
    elif at_once and flag:
        up = Decimal(1)
    if item in banner.featured[rarity]:
        return up / len(banner.featured[rarity])
    return (1 - up) / len(banner.others(rarity))


def _featured(banner, state, first, worst_first, worst_fresh, cycle):
    share = Decimal(banner.share[banner.top]) / UNIT
    sure = banner.guarantee[banner.top]
    long_run = (1 / cycle) * (1 / (2 - share) if sure else share)
    mean = _mean(first)
    if state.flag[banner.top] or share == 1:
        return _summary(first, worst_first, mean, long_run)
    worst = worst_first + worst_fresh if sure and worst_first and worst_fresh else None
    expected = mean + (1 - share) * cycle / (1 if sure else share)
    return _summary(_to_featured(banner, state, share, sure), worst, expected, long_run)


def _to_featured(banner, state, share, sure):
    """[P(T = k)] for the pulls to a featured top item, until 1e-20 is left."""
    # Past `cap` the chance of a top item does not change.
    cap = 1
    while _rises(banner) and banner.p_top(cap) < UNIT:
        cap += 1
    now, out = {(min(state.n[banner.top], cap), False): Decimal(1)}, []
    while sum(now.values()) > Decimal("1e-20"):
        then, hit = {}, Decimal(0)
        for (n, flag), mass in now.items():
            p = Decimal(banner.p_top(n)) / UNIT
            up = Decimal(1) if flag else share
            hit += mass * p * up
            for key, part in (((1, sure), mass * p * (1 - up)),
                              ((min(n + 1, cap), flag), mass * (1 - p))):
                if part:
                    then[key] = then.get(key, Decimal(0)) + part
        out.append(hit)
        now = then
    return out


def _per_cycle(banner):
    """Expected draws of each rarity between two top items (a top item resets every n)."""
    lower = banner.rarities[1:]
    counted = [r for r in lower if r in banner.hard]
    counts = {r: Decimal(0) for r in banner.rarities}
    counts[banner.top] = Decimal(1)
    now, n = {tuple(1 for _ in counted): Decimal(1)}, 1
    while sum(now.values()) > Decimal("1e-30"):
        p = Decimal(banner.p_top(n)) / UNIT
        then = {}
        for key, mass in now.items():
            for rarity, q in _lower(banner, dict(zip(counted, key)), lower).items():
                share = mass * (1 - p) * q
                if not share:
                    continue
                counts[rarity] += share
                rank = lower.index(rarity)
                # Beyond its hard pity a counter says no more.
                moved = tuple(1 if lower.index(r) >= rank else min(key[i] + 1, banner.hard[r])
                              for i, r in enumerate(counted))
                then[moved] = then.get(moved, Decimal(0)) + share
        now, n = then, n + 1
    return counts


def _lower(banner, n, remain):
    """{rarity: chance} given that it is not the top (rule 3)."""
    for r in remain:
        if r in banner.hard and n.get(r, 1) >= banner.hard[r]:
            return {r: Decimal(1)}
    total = sum(banner.base[r] for r in remain)
    return {r: Decimal(banner.base[r]) / total for r in remain} if total else {}


def next_chances(banner, state, guaranteed=False):
    """{rarity: chance} of the next draw."""
    p = Decimal(banner.p_top(state.n[banner.top])) / UNIT
    remain = banner.rarities[1:]
    if guaranteed:
        if banner.ten_pull == banner.top:
            p = Decimal(1)
        remain = [r for r in remain
                  if banner.rarities.index(r) <= banner.rarities.index(banner.ten_pull)]
    out = {r: Decimal(0) for r in banner.rarities}
    out[banner.top] = p
    for r, q in _lower(banner, state.n, remain).items():
        out[r] += (1 - p) * q
    return out


def slots(banner):
    """The ten-pull table: (slots 1–9, slot 10 given nothing in nine), by base rates."""
    fresh = State(banner.rarities)
    return next_chances(banner, fresh), next_chances(banner, fresh, True)


def top_spread(banner):
    """(mean, variance) of the pulls between two top items, for tests of counts."""
    fresh, _ = _to_top(banner, 1)
    mean = _mean(fresh)
    return mean, sum((k - mean) ** 2 * p for k, p in enumerate(fresh, 1))


# The whole chain, state by state

class Markov:
    """Every reachable state of a banner under single pulls, flags included, stepped in floats: slow, plain, and made
    otherwise than both `odds` and the program, which sum over cycles."""

    def __init__(self, banner, start=None, flagged=None):
        """`flagged`: the rarities whose flags are told apart; without it, all with rate-up."""
        self.banner = banner
        self.flagged = [r for r in banner.featured if flagged is None or r in flagged]
        self.caps = {r: banner.hard.get(r, 1) for r in banner.rarities}
        while _rises(banner) and banner.p_top(self.caps[banner.top]) < UNIT:
            self.caps[banner.top] += 1
        keys = [self._key(start or State(banner.rarities))]
        index, self.moves = {keys[0]: 0}, []    # by state: [(chance, state, rarity, featured)]
        while len(self.moves) < len(keys):
            moves = []
            for chance, to, rarity, featured in self._moves(keys[len(self.moves)]):
                if to not in index:
                    index[to] = len(keys)
                    keys.append(to)
                moves.append((chance, index[to], rarity, featured))
            self.moves.append(moves)

    def _key(self, state):
        return (tuple(min(state.n[r], self.caps[r]) for r in self.banner.rarities),
                tuple(state.flag[r] for r in self.flagged))

    def _moves(self, key):
        banner, out = self.banner, []
        state = State(banner.rarities, dict(zip(banner.rarities, key[0])), dict(zip(self.flagged, key[1])))
        for rank, (rarity, chance) in enumerate(next_chances(banner, state).items()):
            up = Decimal(0)
            if rarity in banner.featured:
                up = Decimal(1) if state.flag[rarity] else Decimal(banner.share[rarity]) / UNIT
            for featured, part in ((True, up), (False, 1 - up)):
                if not chance * part:
                    continue
                after = state.copy()
                for r in banner.rarities[:rank]:
                    after.n[r] += 1
                for r in banner.rarities[rank:]:
                    after.n[r] = 1
                if rarity in self.flagged and featured:
                    after.flag[rarity] = False
                elif rarity in self.flagged and banner.guarantee[rarity]:
                    after.flag[rarity] = True
                out.append((float(chance * part), self._key(after), rarity, featured))
        return out

    def item_share(self, item):
        """{(rarity, featured): chance} of the item in such a draw."""
        rarity = self.banner.catalog.rarity_of[item]
        featured = item in self.banner.featured.get(rarity, [])
        alike = self.banner.featured[rarity] if featured else self.banner.others(rarity)
        return {(rarity, featured): 1 / len(alike)}

    def long_run(self, accuracy=1e-11):
        """{item: share of all pulls}, from the distribution that a step leaves as it is."""
        now, moved = [1.0] + [0.0] * (len(self.moves) - 1), 1.0
        while moved > accuracy:
            then = [mass / 16 for mass in now]  # some stay, so that a chain with a period settles too
            for mass, moves in zip(now, self.moves):
                if mass:
                    for chance, to, _, _ in moves:
                        then[to] += mass * chance * 15 / 16
            moved = sum(abs(a - b) for a, b in zip(now, then))
            now = then
        drawn = {}
        for mass, moves in zip(now, self.moves):
            for chance, _, rarity, featured in moves:
                drawn[rarity, featured] = drawn.get((rarity, featured), 0.0) + mass * chance
        return {item: sum(drawn.get(k, 0.0) * part for k, part in self.item_share(item).items())
                for items in self.banner.items.values() for item in items}

    def passage(self, item, left=1e-12):
        """[P(T <= k)] for k = 1, 2, … until `left` is left: T the pulls to the item from the start."""
        return self.passage_to(self.item_share(item), left)

    def passage_to(self, shares, left=1e-12, most=None):
        """The same for {(rarity, featured): chance}, the draws that count; `most` numbers at most."""
        met, out = 0.0, []
        moves = [[(chance, to, shares.get((rarity, featured), 0.0)) for chance, to, rarity, featured in all_of]
                 for all_of in self.moves]
        now = [1.0] + [0.0] * (len(moves) - 1)
        while 1 - met > left and len(out) != most:
            then = [0.0] * len(moves)
            for mass, all_of in zip(now, moves):
                if mass:
                    for chance, to, hit in all_of:
                        met += mass * chance * hit
                        then[to] += mass * chance * (1 - hit)
            now = then
            out.append(met)
        return out
