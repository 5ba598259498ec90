import { createHash } from "node:crypto";
import { defined, index, need } from "../args.ts";
import { crud, objects } from "../config-objects.ts";
import { digestOf } from "../digest.ts";
import { type Handler, type Handlers, SimError } from "../route.ts";
import type { Json, World } from "../world.ts";

const NOTIFICATION_KINDS = ["gotify", "sendmail", "smtp", "webhook"];

/** Notifications keep one digest over everything, of 64 hex digits. */
function notificationDigest(world: World): string {
  const all = [...(world.objects ?? [])].filter(([kind]) => kind.startsWith("notifications/"));
  return createHash("sha256")
    .update(digestOf(new Map(all)))
    .digest("hex");
}

const BUILTIN_TARGET = {
  name: "mail-to-root",
  comment: "Send mails to root@pam's email address",
  origin: "builtin",
};
const BUILTIN_MATCHER = {
  name: "default-matcher",
  comment: "Route all notifications to mail-to-root",
  mode: "all",
  origin: "builtin",
  target: ["mail-to-root"],
};

function notification(
  kind: string,
  path: string,
  word: string,
  builtin: readonly Json[] = [],
): Record<string, Handler> {
  return crud({
    path,
    key: "name",
    kind: `notifications/${kind}`,
    secret: ["token", "password", "secret"],
    extra: { origin: "user-created" },
    failed: `could not create ${word}`,
    exists: (id) => `${word} '${id}' already exists`,
    missing: (id) => new SimError(404, `${word} '${id}' not found`),
    digest: notificationDigest,
    builtin,
  });
}

function targets(world: World): Json[] {
  const own = NOTIFICATION_KINDS.flatMap((type) =>
    [...objects(world, `notifications/${type}`)].map(([name, { comment, disable }]) =>
      defined<Json>({ name, type, origin: "user-created", comment, disable }),
    ),
  );
  return [...own, { ...BUILTIN_TARGET, type: "sendmail" }];
}

/** An endpoint that a matcher names cannot be deleted. */
function deleteEndpoint(plain: Handler | undefined): Handler {
  return (call) => {
    const name = need(call, "name");
    const users = [...objects(call.world, "notifications/matcher")]
      .filter(([, { target }]) => Array.isArray(target) && target.includes(name))
      .map(([matcher]) => matcher);
    if (users.length > 0)
      throw new SimError(400, `cannot delete '${name}', referenced by: ${users.join(", ")}`);
    return plain?.(call) ?? null;
  };
}

function endpoints(type: string, builtin: readonly Json[] = []): Handlers {
  const path = `/cluster/notifications/endpoints/${type}`;
  const all = notification(type, path, "endpoint", builtin);
  const remove = `DELETE ${path}/{name}`;
  return { ...all, [remove]: deleteEndpoint(all[remove]) };
}

const matchers = notification("matcher", "/cluster/notifications/matchers", "matcher", [BUILTIN_MATCHER]);

/** Notification endpoints, matchers and targets (PVE::API2::Cluster::Notifications). */
export const notificationRoutes: Handlers = {
  ...endpoints("gotify"),
  ...endpoints("smtp"),
  ...endpoints("webhook"),
  ...endpoints("sendmail", [{ ...BUILTIN_TARGET, "mailto-user": ["root@pam"] }]),
  ...matchers,
  "GET /cluster/notifications/targets": ({ world }) => targets(world),
  "POST /cluster/notifications/targets/{name}/test": () => null,
  "GET /cluster/notifications": () =>
    index("name", "endpoints matchers targets matcher-fields matcher-field-values"),
  "GET /cluster/notifications/endpoints": () => index("name", NOTIFICATION_KINDS.join(" ")),
  "GET /cluster/notifications/matcher-fields": () => index("name", "type hostname job-id"),
  "GET /cluster/notifications/matcher-field-values": ({ world }) => [
    ...["package-updates", "fencing", "replication", "vzdump", "system-mail"].map((value) => ({
      field: "type",
      value,
    })),
    ...[...world.nodes.keys()].map((value) => ({ field: "hostname", value })),
  ],
};
