/** `npm run demo`: a real MCP client starts the real server on its simulated cluster, and you watch them talk. */
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const bin = fileURLToPath(new URL("../dist/main.cjs", import.meta.url));

/** A client of the server; one that can ask its user shows you the form and answers it as a person would. */
async function connect(asksItsUser: boolean): Promise<Client> {
  const client = new Client(
    { name: "demo", version: "1" },
    { capabilities: asksItsUser ? { elicitation: { form: {} } } : {} },
  );
  if (asksItsUser) {
    client.setRequestHandler("elicitation/create", async ({ params }) => {
      const wanted = /Type (\S+) to do it/.exec(JSON.stringify(params))?.[1];
      const content = wanted === undefined ? { decision: "yes" } : { name: wanted };
      console.log(
        `[the person is asked]\n${params.message}\n[the person answers ${JSON.stringify(content)}]\n`,
      );
      return { action: "accept" as const, content };
    });
  }
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [bin, "demo"], stderr: "inherit" }),
  );
  return client;
}

/** Calls a tool and shows question, progress and answer as a person would read them. */
async function ask(
  client: Client,
  question: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  console.log(`\n--- ${question}\n> ${name} ${JSON.stringify(args)}\n`);
  const { content } = await client.callTool(
    { name, arguments: args },
    {
      timeout: 120_000,
      onprogress: ({ progress, total, message }) =>
        console.log(
          `[progress${total === undefined ? "" : ` ${Math.floor(progress)}%`}: ${message ?? "waiting"}]`,
        ),
    },
  );
  const text = content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
  console.log(text);
  return text;
}

/** The first match of a pattern's group in a text. */
function found(pattern: RegExp, text: string): string {
  const [, group] = pattern.exec(text) ?? [];
  if (group === undefined) throw new Error(`No ${pattern} in: ${text}`);
  return group;
}

const client = await connect(false);
const { tools } = await client.listTools();
console.log(`\nThe client sees ${tools.length} tools. It asks:`);

await ask(client, "Is the cluster well?", "pve_get_cluster_status");
await ask(client, "What runs where?", "pve_list_cluster_resources");
const failed = await ask(client, "Did last night's backups work?", "pve_list_cluster_tasks", {
  type: "vzdump",
  state: "failed",
});
await ask(client, "What went wrong?", "pve_get_task_status", { upid: found(/(UPID:[^\s|]+:)/, failed) });
await ask(client, "Back that guest up again, now.", "pve_run_backup", {
  vmid: "db-01",
  storage: "local",
  remove: false,
});
await ask(client, "Start the mail server, which is stopped.", "pve_start_qemu_vm", { vmid: "mail" });
await ask(client, "What would more memory and another network come to?", "pve_update_qemu_config", {
  vmid: "web-01",
  memory: "16384",
  net0: "virtio,bridge=vmbr1",
  dry_run: true,
});
const plan = await ask(client, "Stop the web server: that may lose something.", "pve_stop_qemu_vm", {
  vmid: "web-01",
});
await ask(
  client,
  "The user has read the plan and wants it: the same call, with the code.",
  "pve_stop_qemu_vm",
  {
    vmid: "web-01",
    confirm: found(/confirm: "([^"]+)"/, plan),
  },
);
await ask(
  client,
  "When do the certificates expire? No tool is named so: look in the whole API.",
  "pve_search_api",
  {
    query: "certificate about to expire",
    limit: 3,
  },
);
await ask(client, "Read it.", "pve_read_api", {
  route: "GET /nodes/pve1/certificates/info",
  fields: "filename,subject,notafter",
});
await client.close();

const asking = await connect(true);
await ask(asking, "Delete a VM, in a client that can ask its user.", "pve_delete_qemu_vm", { vmid: "mail" });
await asking.close();
console.log("\nThat was the simulated cluster. README.md says how to connect your own.");
