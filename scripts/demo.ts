/** `npm run demo`: a real MCP client starts the real server on its simulated cluster, and you watch them talk. */
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const bin = fileURLToPath(new URL("../dist/main.cjs", import.meta.url));
const client = new Client({ name: "demo", version: "1" });
await client.connect(
  new StdioClientTransport({ command: process.execPath, args: [bin, "demo"], stderr: "inherit" }),
);

const { tools } = await client.listTools();
console.log(`\nThe client sees ${tools.length} tools. It asks:`);

/** Calls a tool and shows question and answer as a person would read them. */
async function ask(question: string, name: string, args: Record<string, unknown> = {}): Promise<string> {
  console.log(`\n--- ${question}\n> ${name} ${JSON.stringify(args)}\n`);
  const { content } = await client.callTool({ name, arguments: args });
  const text = content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
  console.log(text);
  return text;
}

/** The first UPID of a text. */
function upidIn(text: string): string {
  const upid = /UPID:[^\s|]+:/.exec(text)?.[0];
  if (!upid) throw new Error(`No UPID in: ${text}`);
  return upid;
}

/** Asks how a task stands until it has ended. */
async function follow(started: string): Promise<void> {
  const upid = upidIn(started.replace("UPID: ", ""));
  for (let tries = 0; tries < 30; tries++) {
    await new Promise((done) => setTimeout(done, 1_000));
    const { content } = await client.callTool({ name: "pve_get_task_status", arguments: { upid } });
    const [first] = content;
    const text = first?.type === "text" ? first.text : "";
    if (/still running/.test(text)) continue;
    console.log(`\n> pve_get_task_status\n\n${text}`);
    return;
  }
  throw new Error(`${upid} did not end.`);
}

await ask("Is the cluster well?", "pve_get_cluster_status");
await ask("What runs where?", "pve_list_cluster_resources");
const failed = await ask("Did last night's backups work?", "pve_list_tasks", {
  node: "pve3",
  typefilter: "vzdump",
  errors: true,
});
await ask("What went wrong?", "pve_get_task_status", { upid: upidIn(failed) });
await follow(await ask("Start the mail server, which is stopped.", "pve_start_qemu_vm", { vmid: "mail" }));
await ask("Has it come up?", "pve_get_qemu_status", { vmid: "mail" });
await follow(
  await ask("Take a snapshot before the upgrade.", "pve_create_qemu_snapshot", {
    vmid: "mail",
    snapname: "before-upgrade",
    description: "before the upgrade",
  }),
);
await ask("Which snapshots are there?", "pve_list_qemu_snapshots", { vmid: "mail" });
await client.close();
console.log("\nThat was the simulated cluster. README.md says how to connect your own.");
