"""Catalogs for the tests: one of every feature, and the worked example."""

import copy
import json


def text(ja, en=None):
    return {"ja": ja, "en": en or ja}


def item(identifier, rarity, **more):
    return {"id": identifier, "rarity": rarity, "name": text("品 " + identifier, identifier), **more}


def banner(identifier, **more):
    raw = {"id": identifier, "name": text("旗 " + identifier, identifier),
           "start": "2020-01-01T00:00:00+09:00", "cost": {"1": 160, "10": 1600},
           "rates": {"SSR": "0.6%", "SR": "5.1%", "R": "94.3%"}}
    raw.update(more)
    return {k: v for k, v in raw.items() if v is not ...}


WORKED_PITY = {"SSR": {"hard": 90, "soft_from": 74, "soft_step": "6%"}, "SR": {"hard": 10}}


def base(**more):
    """A small whole catalog with the worked example as its first banner."""
    raw = {
        "schema": 1,
        "currency": {"name": text("宝石", "gems"), "emoji": "💎", "start": 1600000, "daily": 160,
                     "streak": [160, 160, 200, 200, 240, 240, 320]},
        "rarities": [{"id": "SSR", "stars": 5, "color": "#F4B942", "shards": 40},
                     {"id": "SR", "stars": 4, "color": "#9B59B6", "shards": 8},
                     {"id": "R", "stars": 3, "color": "#3498DB", "shards": 1}],
        "items": [item("ssr-a", "SSR", price=180), item("sr-a", "SR"), item("r-a", "R"),
                  item("ssr-b", "SSR"), item("sr-b", "SR", price=34), item("r-b", "R"),
                  item("ssr-c", "SSR"), item("sr-c", "SR"), item("r-c", "R", emoji="🍡")],
        "banners": [
            banner("limited", pity=WORKED_PITY, pity_group="event", ten_pull="SR",
                   rate_up={"SSR": {"items": ["ssr-b"], "share": "50%", "guarantee": True},
                            "SR": {"items": ["sr-c", "sr-a"], "share": "50%", "guarantee": True}},
                   spark={"cost": 300, "items": ["ssr-b"]}),
            banner("rerun", pity=WORKED_PITY, pity_group="event",
                   rate_up={"SSR": {"items": ["ssr-c", "ssr-a"], "share": "75%"}}),
            banner("plain", cost={"1": 100}),
            banner("gala", rates={"SSR": "1.2345678%", "SR": "8.7654322%", "R": "90%"},
                   pity={"SSR": {"hard": 30}}, ten_pull="SSR",
                   pool=["r-c", "sr-b", "ssr-a", "ssr-b", "r-a"]),
            banner("over", start="2020-01-01T00:00:00+09:00", end="2021-01-01T00:00:00+09:00"),
            banner("soon", start="2120-01-01T00:00:00+09:00")]}
    raw.update(more)
    return copy.deepcopy(raw)


def many_tiers():
    """Five rarities, pity on several, rate-up without a guarantee, a zero rate."""
    raw = base()
    raw["rarities"] = [{"id": r, "shards": 2 ** (5 - n)} for n, r in enumerate("UVWXY")]
    raw["items"] = [item(f"{r.lower()}{k}", r) for k in range(4) for r in "UVWXY"]
    raw["banners"] = [
        banner("tiers", rates={"U": "0.5%", "V": "2.5%", "W": "7%", "Y": "90%"},
               pity={"U": {"hard": 60}, "V": {"hard": 25}, "W": {"hard": 8}},
               rate_up={"U": {"items": ["u2", "u1"], "share": "40%"},
                        "V": {"items": ["v0"], "share": "100%"},
                        "W": {"items": ["w3"], "share": "33.3333333%", "guarantee": True}},
               ten_pull="W"),
        banner("bare", rates={"U": "1%", "V": "0%", "X": "49%", "Y": "50%"}),
        banner("sure", rates={"U": "100%"})]
    return raw


def chain():
    """Pity on three rarities, rate-up on two of them, and a ten-pull guarantee in the midst of the chain."""
    raw = base()
    raw["rarities"].append({"id": "N", "shards": 0})
    raw["items"] += [item(f"n-{k}", "N") for k in "ab"]
    raw["banners"] = [
        banner("chain", rates={"SSR": "1.5%", "SR": "5.1%", "R": "13.4%", "N": "80%"},
               pity={"SSR": {"hard": 40, "soft_from": 32, "soft_step": "7%"}, "SR": {"hard": 9}, "R": {"hard": 4}},
               pity_group="chain", ten_pull="SR",
               rate_up={"SSR": {"items": ["ssr-b"], "share": "50%", "guarantee": True},
                        "SR": {"items": ["sr-c", "sr-a"], "share": "60%", "guarantee": True}},
               spark={"cost": 200, "items": ["ssr-b"]}),
        banner("aside", rates={"SSR": "0.6%", "SR": "5.1%", "R": "4.3%", "N": "90%"}, pity_group="chain",
               cost={"1": 2000})]
    return raw


def write(path, raw):
    path.write_text(json.dumps(raw, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
