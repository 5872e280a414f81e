"""The discord.py peer: /ping, and /gacha pull with one durable SQLite transaction."""

import os
import random
import sqlite3
import sys

import discord
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
import yarl

Route.BASE = os.environ["DISCORD_API_BASE"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["BENCH_GATEWAY"])

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.executescript("""
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS players (id TEXT PRIMARY KEY, balance INTEGER, pity INTEGER);
    CREATE TABLE IF NOT EXISTS history (player TEXT, item TEXT);
""")
client = discord.Client(intents=discord.Intents(guilds=True))
tree = app_commands.CommandTree(client)
gacha = app_commands.Group(name="gacha", description="Gacha")


@tree.command(description="Ping")
async def ping(interaction):
    await interaction.response.send_message("pong")


@gacha.command(description="Pull")
async def pull(interaction):
    player = str(interaction.user.id)
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT OR IGNORE INTO players VALUES (?, 1600, 1)", (player,))
    balance, pity = database.execute("SELECT balance, pity FROM players WHERE id = ?", (player,)).fetchone()
    item = random.choices(["SSR", "SR", "R"], [0.6, 5.1, 94.3])[0]
    database.execute("UPDATE players SET balance = ?, pity = ? WHERE id = ?", (balance - 160, pity + 1, player))
    database.execute("INSERT INTO history VALUES (?, ?)", (player, item))
    database.execute("COMMIT")
    await interaction.response.send_message(embed=discord.Embed(title=item, description=f"{balance - 160}"))


tree.add_command(gacha)
client.run(os.environ["DISCORD_BOT_TOKEN"], log_handler=None)
