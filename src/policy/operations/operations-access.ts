import { isNotZero, isOff, isOn, namesOther } from "../argument-values.ts";
import { loss, type Operations, raised, WRITE, WRITE_LOSS } from "./operation.ts";

/** Users, groups, roles, realms, access rights and tickets. */
export const ACCESS = {
  "PUT /access/acl": raised(WRITE_LOSS, loss("delete", "takes access away", isOn)),
  "POST /access/domains": WRITE,
  "PUT /access/domains/{realm}": WRITE_LOSS,
  "DELETE /access/domains/{realm}": WRITE_LOSS,
  "POST /access/domains/{realm}/sync": WRITE_LOSS,
  "POST /access/groups": WRITE,
  "PUT /access/groups/{groupid}": WRITE,
  "DELETE /access/groups/{groupid}": WRITE_LOSS,
  "POST /access/openid/auth-url": WRITE,
  "POST /access/openid/login": WRITE_LOSS,
  "PUT /access/password": WRITE_LOSS,
  "POST /access/roles": WRITE,
  "PUT /access/roles/{roleid}": WRITE_LOSS,
  "DELETE /access/roles/{roleid}": WRITE_LOSS,
  "POST /access/tfa/{userid}": WRITE_LOSS,
  "PUT /access/tfa/{userid}/{id}": WRITE_LOSS,
  "DELETE /access/tfa/{userid}/{id}": WRITE_LOSS,
  "POST /access/ticket": WRITE_LOSS,
  "POST /access/users": WRITE,
  "PUT /access/users/{userid}": raised(
    WRITE,
    loss("enable", "0 locks the user out", isOff),
    loss("expire", "ends the user's access", isNotZero),
    loss("groups", "may take the user out of groups"),
    loss("keys", "replaces the user's second factor"),
  ),
  "DELETE /access/users/{userid}": WRITE_LOSS,
  "POST /access/users/{userid}/token/{tokenid}": WRITE,
  "PUT /access/users/{userid}/token/{tokenid}": raised(
    WRITE,
    loss("expire", "ends the token's access", isNotZero),
    loss("privsep", "takes the user's rights from the token", isOn),
    loss("regenerate", "ends the access of whoever holds the secret", isOn),
    loss("delete", "may take the user's rights from the token", namesOther("comment", "expire")),
  ),
  "DELETE /access/users/{userid}/token/{tokenid}": WRITE_LOSS,
  "PUT /access/users/{userid}/unlock-tfa": WRITE,
  "POST /access/vncticket": WRITE,
} satisfies Operations;
