import type { Route } from "../routes.gen.ts";

/** What each operation on notifications and on ACME (certificates) does, in one line. */
export const CLUSTER_NOTIFICATION_SUMMARIES = {
  "GET /cluster/notifications": "List the sub-paths of notifications",
  "GET /cluster/notifications/matcher-fields": "List metadata fields a notification matcher can test",
  "GET /cluster/notifications/matcher-field-values":
    "List the values known for each field a notification matcher can test",

  "GET /cluster/notifications/targets": "List notification targets of every kind (mail, Gotify, webhook)",
  "POST /cluster/notifications/targets/{name}/test": "Send a test message to a notification target",

  "GET /cluster/notifications/matchers": "List notification matchers (which event goes to which target)",
  "POST /cluster/notifications/matchers":
    "Create a matcher that routes notifications by severity, field or time",
  "GET /cluster/notifications/matchers/{name}": "Show one notification matcher's conditions and targets",
  "PUT /cluster/notifications/matchers/{name}":
    "Change or disable a notification matcher: conditions, targets",
  "DELETE /cluster/notifications/matchers/{name}": "Delete a notification matcher, or reset a built-in one",

  "GET /cluster/notifications/endpoints": "List the sub-paths of notification endpoints, one per kind",

  "GET /cluster/notifications/endpoints/sendmail": "List sendmail (local mail) notification targets",
  "POST /cluster/notifications/endpoints/sendmail":
    "Create a notification target that mails through the local sendmail",
  "GET /cluster/notifications/endpoints/sendmail/{name}": "Show one sendmail target's recipients and sender",
  "PUT /cluster/notifications/endpoints/sendmail/{name}": "Change or disable a sendmail notification target",
  "DELETE /cluster/notifications/endpoints/sendmail/{name}":
    "Delete a sendmail notification target, or reset a built-in one",

  "GET /cluster/notifications/endpoints/gotify": "List Gotify (push) notification targets",
  "POST /cluster/notifications/endpoints/gotify":
    "Create a notification target that pushes to a Gotify server",
  "GET /cluster/notifications/endpoints/gotify/{name}": "Show one Gotify target's server",
  "PUT /cluster/notifications/endpoints/gotify/{name}":
    "Change or disable a Gotify notification target: server, token",
  "DELETE /cluster/notifications/endpoints/gotify/{name}": "Delete a Gotify notification target",

  "GET /cluster/notifications/endpoints/smtp": "List SMTP (mail server) notification targets",
  "POST /cluster/notifications/endpoints/smtp":
    "Create a notification target that mails through an SMTP server",
  "GET /cluster/notifications/endpoints/smtp/{name}": "Show one SMTP target's server and recipients",
  "PUT /cluster/notifications/endpoints/smtp/{name}":
    "Change or disable an SMTP notification target: server, login, recipients",
  "DELETE /cluster/notifications/endpoints/smtp/{name}": "Delete an SMTP notification target",

  "GET /cluster/notifications/endpoints/webhook": "List webhook (HTTP) notification targets",
  "POST /cluster/notifications/endpoints/webhook":
    "Create a notification target that calls a webhook (Slack, Discord, own URL)",
  "GET /cluster/notifications/endpoints/webhook/{name}": "Show one webhook target's URL, method and headers",
  "PUT /cluster/notifications/endpoints/webhook/{name}":
    "Change or disable a webhook notification target: URL, body, headers, secrets",
  "DELETE /cluster/notifications/endpoints/webhook/{name}": "Delete a webhook notification target",

  "GET /cluster/acme": "List the sub-paths of ACME (Let's Encrypt certificates)",
  "GET /cluster/acme/account": "List ACME (Let's Encrypt) accounts",
  "POST /cluster/acme/account": "Register an ACME account at a CA such as Let's Encrypt",
  "GET /cluster/acme/account/{name}": "Show one ACME account: contact, CA directory, terms",
  "PUT /cluster/acme/account/{name}": "Change an ACME account's contact, or refresh it from the CA",
  "DELETE /cluster/acme/account/{name}": "Deactivate an ACME account at its CA and remove it",
  "GET /cluster/acme/plugins": "List ACME challenge plugins (DNS, standalone)",
  "POST /cluster/acme/plugins": "Add an ACME plugin: DNS provider credentials for certificate challenges",
  "GET /cluster/acme/plugins/{id}": "Show one ACME challenge plugin's settings",
  "PUT /cluster/acme/plugins/{id}": "Change or disable an ACME challenge plugin",
  "DELETE /cluster/acme/plugins/{id}": "Delete an ACME challenge plugin",
  "GET /cluster/acme/tos": "Get the URL of an ACME CA's terms of service (deprecated)",
  "GET /cluster/acme/meta": "Show an ACME CA's metadata: terms, external account binding, website",
  "GET /cluster/acme/directories": "List known ACME CA directories (Let's Encrypt, staging)",
  "GET /cluster/acme/challenge-schema": "List ACME DNS providers and the credentials each needs",
} as const satisfies Partial<Record<Route, string>>;
