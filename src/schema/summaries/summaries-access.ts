import type { Route } from "../routes.gen.ts";

/** What each operation on users, groups, roles, realms, tokens, second factors, logins and pools does, in one line. */
export const ACCESS_SUMMARIES = {
  "GET /access": "List the sub-paths of access control (users, groups, roles, realms, ACL, TFA)",

  "GET /access/users": "List users, optionally with their groups and API tokens",
  "POST /access/users": "Create a user in a realm, optionally with password, groups and expiry",
  "GET /access/users/{userid}": "Show one user's settings, groups and tokens",
  "PUT /access/users/{userid}": "Change a user: enable or disable, expiry, email, groups",
  "DELETE /access/users/{userid}": "Delete a user with its tokens and ACL entries",
  "GET /access/users/{userid}/tfa": "Show which kinds of 2FA a user and its realm use",
  "PUT /access/users/{userid}/unlock-tfa": "Unlock a user's 2FA after too many failed attempts",
  "GET /access/users/{userid}/token": "List a user's API tokens (not their secrets)",
  "GET /access/users/{userid}/token/{tokenid}": "Show an API token's expiry and privilege separation",
  "POST /access/users/{userid}/token/{tokenid}":
    "Create an API token for a user; its secret is shown only once",
  "PUT /access/users/{userid}/token/{tokenid}":
    "Change an API token's expiry or privilege separation, or renew its secret",
  "DELETE /access/users/{userid}/token/{tokenid}": "Revoke an API token by deleting it",

  "GET /access/groups": "List user groups with their members",
  "POST /access/groups": "Create an empty user group",
  "GET /access/groups/{groupid}": "Show a user group's comment and members",
  "PUT /access/groups/{groupid}": "Change a user group's comment",
  "DELETE /access/groups/{groupid}": "Delete a user group; its members stay",

  "GET /access/roles": "List roles, built-in and own, with their privileges",
  "POST /access/roles": "Create a role from a set of privileges",
  "GET /access/roles/{roleid}": "Show which privileges one role contains",
  "PUT /access/roles/{roleid}": "Replace or extend the privileges of a role",
  "DELETE /access/roles/{roleid}": "Delete a role that is not built in",

  "GET /access/acl": "List the access control list (who has which role on which path)",
  "PUT /access/acl": "Grant or revoke roles on a path for users, groups or tokens",
  "GET /access/permissions": "Show what privileges a user or token has on each path",

  "GET /access/domains": "List authentication realms (PAM, PVE, LDAP, AD, OpenID)",
  "POST /access/domains": "Add an authentication realm: LDAP, Active Directory (AD), OpenID",
  "GET /access/domains/{realm}": "Show one authentication realm's settings",
  "PUT /access/domains/{realm}": "Change an authentication realm: server, bind user, sync, 2FA",
  "DELETE /access/domains/{realm}": "Delete an authentication realm, so its users can no longer log in",
  "POST /access/domains/{realm}/sync": "Import users and groups from an LDAP or AD realm now",

  "GET /access/openid": "List the sub-paths of OpenID Connect login",
  "POST /access/openid/auth-url": "Get the URL where an OpenID Connect (SSO) login begins",
  "POST /access/openid/login": "Finish an OpenID Connect (SSO) login and get a session ticket",

  "GET /access/tfa": "List second factors (2FA/TFA) of all users, with who is locked out",
  "GET /access/tfa/{userid}": "List one user's second factors (TOTP, WebAuthn, recovery keys, Yubico)",
  "POST /access/tfa/{userid}": "Register a second factor (TOTP, WebAuthn, recovery keys, Yubico) for a user",
  "GET /access/tfa/{userid}/{id}": "Show one second factor of a user",
  "PUT /access/tfa/{userid}/{id}": "Enable, disable or relabel one second factor of a user",
  "DELETE /access/tfa/{userid}/{id}": "Remove one second factor from a user",

  "GET /access/ticket": "Answer nothing; a placeholder for login pages",
  "POST /access/ticket": "Log in with user and password (and 2FA) for a ticket, or check a ticket",
  "POST /access/vncticket": "Check a VNC console ticket and the privileges behind it",
  "PUT /access/password": "Set a user's password",

  "GET /pools": "List resource pools, or show one with its guests and storages",
  "POST /pools": "Create a resource pool, also nested in another (parent/child)",
  "PUT /pools": "Add guests and storages to a pool or take them out, change its comment",
  "DELETE /pools": "Delete an empty resource pool, also a nested one",
  "GET /pools/{poolid}": "Show the members of a top-level pool (deprecated form)",
  "PUT /pools/{poolid}": "Change the members or comment of a top-level pool (deprecated form)",
  "DELETE /pools/{poolid}": "Delete an empty top-level pool (deprecated form)",
} as const satisfies Partial<Record<Route, string>>;
