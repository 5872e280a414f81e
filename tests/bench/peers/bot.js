// The discord.js peer: /ping, and /gacha pull with one durable append (node has no SQLite of its own here).
"use strict";
const fs = require("node:fs");
const { Client, EmbedBuilder, GatewayIntentBits } = require("discord.js");

const journal = fs.openSync(process.argv[2], "a");
const players = new Map();
const client = new Client({
	intents: [GatewayIntentBits.Guilds],
	rest: { api: process.env.DISCORD_API_BASE.replace(/\/v10$/, "") },
});

function pull(user) {
	const player = players.get(user) ?? { balance: 1600, pity: 1 };
	const roll = Math.random() * 100;
	const item = roll < 0.6 ? "SSR" : roll < 5.7 ? "SR" : "R";
	player.balance -= 160;
	player.pity += 1;
	players.set(user, player);
	fs.writeSync(journal, JSON.stringify({ user, item, ...player }) + "\n");
	fs.fdatasyncSync(journal);
	return new EmbedBuilder().setTitle(item).setDescription(String(player.balance));
}

client.on("interactionCreate", async (interaction) => {
	if (interaction.commandName === "ping")
		await interaction.reply("pong");
	else if (interaction.commandName === "gacha")
		await interaction.reply({ embeds: [pull(interaction.user.id)] });
});
client.login(process.env.DISCORD_BOT_TOKEN);
