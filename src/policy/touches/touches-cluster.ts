import { namesOther } from "../argument-values.ts";
import type { Reader, TouchTable } from "./touch.ts";
import { given } from "./touch-arguments.ts";
import { any, cluster, everyGuest, everyNode, everything, onlyIf } from "./touch-readers.ts";

const CLUSTER = [cluster];
/** Guests use it: which ones, only their configurations tell. */
const USED = [cluster, everyGuest];
const CEPH = [cluster, everything("any guest's volumes may lie on Ceph")];
/** What a mapping names, whoever may use it can reach. */
const FOLDERS = everything("map names folders of the nodes");
const DEVICES = everything("map names devices of the nodes");
const MEMBERSHIP = [everything("this changes which nodes make up the cluster")];

/** Datacenter options that no guest's running, moving or connection depends on. */
const ASIDE = [
  "bwlimit",
  "consent-text",
  "console",
  "delete",
  "description",
  "digest",
  "email_from",
  "http_proxy",
  "keyboard",
  "language",
  "location",
  "mac_prefix",
  "max_workers",
  "next-id",
  "notify",
  "registered-tags",
  "tag-style",
  "u2f",
  "user-tag-access",
  "webauthn",
] as const;

const ALL = [everyNode, everyGuest];

const options: Reader = (params) => {
  const known: ReadonlySet<string> = new Set(ASIDE);
  const reaching = Object.keys(params).some((name) => !known.has(name) && given(params, name) !== undefined);
  return reaching
    ? ALL.flatMap((read) => read(params))
    : onlyIf("delete", namesOther(...ASIDE), ...ALL)(params);
};

/** Cluster membership, datacenter options, mappings, notifications, metrics, certificates' accounts. */
export const CLUSTER_TOUCHES = {
  "POST /cluster/acme/account": CLUSTER,
  "PUT /cluster/acme/account/{name}": CLUSTER,
  "DELETE /cluster/acme/account/{name}": CLUSTER,
  "POST /cluster/acme/plugins": CLUSTER,
  "PUT /cluster/acme/plugins/{id}": CLUSTER,
  "DELETE /cluster/acme/plugins/{id}": CLUSTER,
  "PUT /cluster/ceph/flags": CEPH,
  "PUT /cluster/ceph/flags/{flag}": CEPH,
  "POST /cluster/config": MEMBERSHIP,
  "POST /cluster/config/join": MEMBERSHIP,
  "POST /cluster/config/nodes/{node}": MEMBERSHIP,
  "DELETE /cluster/config/nodes/{node}": MEMBERSHIP,
  "POST /cluster/jobs/realm-sync/{id}": CLUSTER,
  "PUT /cluster/jobs/realm-sync/{id}": CLUSTER,
  "DELETE /cluster/jobs/realm-sync/{id}": CLUSTER,
  "POST /cluster/mapping/dir": [cluster, FOLDERS],
  "PUT /cluster/mapping/dir/{id}": [...USED, onlyIf("map", any, FOLDERS)],
  "DELETE /cluster/mapping/dir/{id}": USED,
  "POST /cluster/mapping/pci": [cluster, DEVICES],
  "PUT /cluster/mapping/pci/{id}": [...USED, onlyIf("map", any, DEVICES)],
  "DELETE /cluster/mapping/pci/{id}": USED,
  "POST /cluster/mapping/usb": [cluster, DEVICES],
  "PUT /cluster/mapping/usb/{id}": [...USED, onlyIf("map", any, DEVICES)],
  "DELETE /cluster/mapping/usb/{id}": USED,
  "POST /cluster/metrics/server/{id}": CLUSTER,
  "PUT /cluster/metrics/server/{id}": CLUSTER,
  "DELETE /cluster/metrics/server/{id}": CLUSTER,
  "POST /cluster/notifications/endpoints/gotify": CLUSTER,
  "PUT /cluster/notifications/endpoints/gotify/{name}": CLUSTER,
  "DELETE /cluster/notifications/endpoints/gotify/{name}": CLUSTER,
  "POST /cluster/notifications/endpoints/sendmail": CLUSTER,
  "PUT /cluster/notifications/endpoints/sendmail/{name}": CLUSTER,
  "DELETE /cluster/notifications/endpoints/sendmail/{name}": CLUSTER,
  "POST /cluster/notifications/endpoints/smtp": CLUSTER,
  "PUT /cluster/notifications/endpoints/smtp/{name}": CLUSTER,
  "DELETE /cluster/notifications/endpoints/smtp/{name}": CLUSTER,
  "POST /cluster/notifications/endpoints/webhook": CLUSTER,
  "PUT /cluster/notifications/endpoints/webhook/{name}": CLUSTER,
  "DELETE /cluster/notifications/endpoints/webhook/{name}": CLUSTER,
  "POST /cluster/notifications/matchers": CLUSTER,
  "PUT /cluster/notifications/matchers/{name}": CLUSTER,
  "DELETE /cluster/notifications/matchers/{name}": CLUSTER,
  "POST /cluster/notifications/targets/{name}/test": CLUSTER,
  "PUT /cluster/options": [cluster, options],
  "POST /cluster/qemu/custom-cpu-models": CLUSTER,
  "PUT /cluster/qemu/custom-cpu-models/{cputype}": USED,
  "DELETE /cluster/qemu/custom-cpu-models/{cputype}": USED,
} satisfies TouchTable;
