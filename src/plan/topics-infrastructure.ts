import { FIREWALL } from "../policy/operations/operations-firewall.ts";
import { realmChange, realmRemoval, realmSync } from "./access/access-realms.ts";
import { aclChange, groupChange, groupRemoval, roleChange, roleCreation } from "./access/access-rights.ts";
import { tokenChange, tokenCreation, tokenRemoval } from "./access/access-tokens.ts";
import { secondFactor, userChange, userCreation, userRemoval } from "./access/access-users.ts";
import { backupJobChange, backupJobCreation, backupJobRemoval } from "./backups/backup-job-changes.ts";
import { pruning } from "./backups/backup-pruning.ts";
import { backupRun } from "./backups/backup-run.ts";
import { CLUSTER_TOPICS } from "./cluster/cluster-objects.ts";
import { changeOf, creationOf, named, objectTopics, removalOf } from "./cluster/configuration-object.ts";
import {
  haArming,
  haMove,
  haResourceChange,
  haResourceCreation,
  haResourceRemoval,
} from "./cluster/ha-changes.ts";
import { haRuleChange, haRuleRemoval } from "./cluster/ha-rule-changes.ts";
import { poolChange, poolCreation, poolRemoval } from "./cluster/pool-changes.ts";
import { replicationChange, replicationRemoval, replicationRun } from "./cluster/replication-changes.ts";
import { SDN_TOPICS } from "./cluster/sdn-objects.ts";
import { settingText } from "./difference/setting-value.ts";
import { placeOfRoute } from "./firewall/edit.ts";
import { guestFirewallChange, vnetFirewallChange } from "./firewall/guest.ts";
import { nodeFirewallChange } from "./firewall/topics.ts";
import { CEPH_TOPICS } from "./nodes/ceph-changes.ts";
import { diskInit, diskStorage, diskStorageRemoval, diskWipe, osdCreation } from "./nodes/node-disks.ts";
import {
  interfaceChange,
  interfaceCreation,
  interfaceRemoval,
  networkApply,
  networkRevert,
} from "./nodes/node-network.ts";
import { nodePower, taskStop } from "./nodes/node-power.ts";
import { serviceCommand } from "./nodes/node-services.ts";
import { certificateChange, dnsChange, hostsChange, packageSource, statement } from "./nodes/node-system.ts";
import { storageChange, storageRemoval } from "./storage/storage-definition.ts";
import { fileArrival, volumeChange, volumeCreation, volumeRemoval } from "./storage/storage-volume.ts";
import type { Step, TopicTable } from "./topic.ts";

const node = ({ node: name }: Step["params"]): string => settingText(name);
const user = ({ userid }: Step["params"]): string => settingText(userid);

/** Users, groups, roles, realms, access rights and tickets. */
const ACCESS: TopicTable = {
  "PUT /access/acl": [aclChange],
  "POST /access/domains": [
    creationOf({ label: named("realm", "realm"), list: "GET /access/domains", key: "realm" }),
  ],
  "PUT /access/domains/{realm}": [realmChange],
  "DELETE /access/domains/{realm}": [realmRemoval],
  "POST /access/domains/{realm}/sync": [realmSync],
  "POST /access/groups": [
    creationOf({ label: named("group", "groupid"), list: "GET /access/groups", key: "groupid" }),
  ],
  "PUT /access/groups/{groupid}": [groupChange],
  "DELETE /access/groups/{groupid}": [groupRemoval],
  "POST /access/openid/auth-url": [statement(() => "A page to log in on is asked for; nothing changes.")],
  "POST /access/openid/login": [statement(() => "A person is logged in; a ticket for them is the answer.")],
  "PUT /access/password": [
    statement(
      (params) =>
        `The password of ${user(params)} is replaced: who knows only the old one is locked out. Tokens go on working.${user(params).endsWith("@pam") ? " It is the login of the node itself." : ""}`,
    ),
  ],
  "POST /access/roles": [roleCreation],
  "PUT /access/roles/{roleid}": [roleChange],
  "DELETE /access/roles/{roleid}": [roleChange],
  "POST /access/tfa/{userid}": [
    statement(
      (params) =>
        `${user(params)} gets a second factor (${settingText(params.type)}), and cannot log in with the password alone any more. Tokens go on working.`,
    ),
  ],
  "PUT /access/tfa/{userid}/{id}": [secondFactor],
  "DELETE /access/tfa/{userid}/{id}": [secondFactor],
  "POST /access/ticket": [
    statement(({ username }) => `${settingText(username)} is logged in; a ticket for them is the answer.`),
  ],
  "POST /access/users": [userCreation],
  "PUT /access/users/{userid}": [userChange],
  "DELETE /access/users/{userid}": [userRemoval],
  "POST /access/users/{userid}/token/{tokenid}": [tokenCreation],
  "PUT /access/users/{userid}/token/{tokenid}": [tokenChange],
  "DELETE /access/users/{userid}/token/{tokenid}": [tokenRemoval],
  "PUT /access/users/{userid}/unlock-tfa": [
    statement((params) => `${user(params)} may try second factors again.`),
  ],
  "POST /access/vncticket": [statement(() => "A console's ticket is checked; nothing changes.")],
};

const BACKUPS: TopicTable = {
  "POST /cluster/backup": [backupJobCreation],
  "PUT /cluster/backup/{id}": [backupJobChange],
  "DELETE /cluster/backup/{id}": [backupJobRemoval],
  "DELETE /nodes/{node}/storage/{storage}/prunebackups": [pruning],
  "POST /nodes/{node}/vzdump": [backupRun],
};

const DISKS: TopicTable = {
  ...CEPH_TOPICS,
  "POST /nodes/{node}/ceph/osd": [osdCreation],
  "POST /nodes/{node}/disks/directory": [diskStorage],
  "DELETE /nodes/{node}/disks/directory/{name}": [diskStorageRemoval],
  "POST /nodes/{node}/disks/initgpt": [diskInit],
  "POST /nodes/{node}/disks/lvm": [diskStorage],
  "DELETE /nodes/{node}/disks/lvm/{name}": [diskStorageRemoval],
  "POST /nodes/{node}/disks/lvmthin": [diskStorage],
  "DELETE /nodes/{node}/disks/lvmthin/{name}": [diskStorageRemoval],
  "PUT /nodes/{node}/disks/wipedisk": [diskWipe],
  "POST /nodes/{node}/disks/zfs": [diskStorage],
  "DELETE /nodes/{node}/disks/zfs/{name}": [diskStorageRemoval],
};

const FIREWALL_OF = {
  cluster: nodeFirewallChange,
  node: nodeFirewallChange,
  guest: guestFirewallChange,
  vnet: vnetFirewallChange,
} as const;

/** Every operation of the firewalls, by what it filters. */
const FIREWALLS: TopicTable = Object.fromEntries(
  Object.keys(FIREWALL).map((route) => [route, [FIREWALL_OF[placeOfRoute(route)?.scope ?? "cluster"]]]),
);

const HA: TopicTable = {
  ...objectTopics({
    path: "/cluster/ha/groups",
    key: "group",
    noun: "HA group",
    tells: ["nodes", "restricted", "nofailback", "comment"],
  }),
  "POST /cluster/ha/resources": [haResourceCreation],
  "PUT /cluster/ha/resources/{sid}": [haResourceChange],
  "DELETE /cluster/ha/resources/{sid}": [haResourceRemoval],
  "POST /cluster/ha/resources/{sid}/migrate": [haMove],
  "POST /cluster/ha/resources/{sid}/relocate": [haMove],
  "POST /cluster/ha/rules": [haRuleChange],
  "PUT /cluster/ha/rules/{rule}": [haRuleChange],
  "DELETE /cluster/ha/rules/{rule}": [haRuleRemoval],
  "POST /cluster/ha/status/arm-ha": [haArming],
  "POST /cluster/ha/status/disarm-ha": [haArming],
  "POST /cluster/replication": [replicationChange],
  "PUT /cluster/replication/{id}": [replicationChange],
  "DELETE /cluster/replication/{id}": [replicationRemoval],
  "POST /nodes/{node}/replication/{id}/schedule_now": [replicationRun],
};

const shell = statement(
  (params) => `A shell on ${node(params)} is opened: whoever holds the answer is root there.`,
);

const NODES: TopicTable = {
  "POST /nodes/{node}/apt/repositories": [packageSource],
  "PUT /nodes/{node}/apt/repositories": [packageSource],
  "POST /nodes/{node}/apt/update": [
    statement((params) => `${node(params)} loads the lists of packages; none is installed.`),
  ],
  "POST /nodes/{node}/certificates/acme/certificate": [certificateChange],
  "PUT /nodes/{node}/certificates/acme/certificate": [certificateChange],
  "DELETE /nodes/{node}/certificates/acme/certificate": [certificateChange],
  "POST /nodes/{node}/certificates/custom": [certificateChange],
  "DELETE /nodes/{node}/certificates/custom": [certificateChange],
  "PUT /nodes/{node}/config": [changeOf(named("the settings of node", "node"))],
  "PUT /nodes/{node}/dns": [dnsChange],
  "POST /nodes/{node}/execute": [
    statement(
      (params) =>
        `Several API calls run on ${node(params)} at once, each with our rights; none of them is looked at here.`,
    ),
  ],
  "POST /nodes/{node}/hosts": [hostsChange],
  "POST /nodes/{node}/network": [interfaceCreation],
  "PUT /nodes/{node}/network": [networkApply],
  "DELETE /nodes/{node}/network": [networkRevert],
  "PUT /nodes/{node}/network/{iface}": [interfaceChange],
  "DELETE /nodes/{node}/network/{iface}": [interfaceRemoval],
  "POST /nodes/{node}/services/{service}/reload": [serviceCommand],
  "POST /nodes/{node}/services/{service}/restart": [serviceCommand],
  "POST /nodes/{node}/services/{service}/start": [serviceCommand],
  "POST /nodes/{node}/services/{service}/stop": [serviceCommand],
  "POST /nodes/{node}/spiceshell": [shell],
  "POST /nodes/{node}/status": [nodePower],
  "POST /nodes/{node}/subscription": [
    statement((params) => `${node(params)} asks Proxmox about its subscription.`),
  ],
  "PUT /nodes/{node}/subscription": [changeOf(named("the subscription of", "node"))],
  "DELETE /nodes/{node}/subscription": [
    removalOf(named("the subscription of", "node"), ["status", "productname", "nextduedate"]),
  ],
  "DELETE /nodes/{node}/tasks/{upid}": [taskStop],
  "POST /nodes/{node}/termproxy": [shell],
  "PUT /nodes/{node}/time": [changeOf(named("the time zone of", "node"))],
  "POST /nodes/{node}/vncshell": [shell],
  "POST /nodes/{node}/wakeonlan": [
    statement((params) => `${node(params)} is sent a packet that wakes it up.`),
  ],
};

const STORAGE: TopicTable = {
  "POST /nodes/{node}/aplinfo": [fileArrival],
  "POST /nodes/{node}/storage/{storage}/content": [volumeCreation],
  "POST /nodes/{node}/storage/{storage}/content/{volume}": [volumeCreation],
  "PUT /nodes/{node}/storage/{storage}/content/{volume}": [volumeChange],
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}": [volumeRemoval],
  "POST /nodes/{node}/storage/{storage}/download-url": [fileArrival],
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull": [fileArrival],
  "POST /nodes/{node}/storage/{storage}/upload": [fileArrival],
  "POST /pools": [poolCreation],
  "PUT /pools": [poolChange],
  "DELETE /pools": [poolRemoval],
  "PUT /pools/{poolid}": [poolChange],
  "DELETE /pools/{poolid}": [poolRemoval],
  "POST /storage": [creationOf({ label: named("storage", "storage"), list: "GET /storage", key: "storage" })],
  "PUT /storage/{storage}": [storageChange],
  "DELETE /storage/{storage}": [storageRemoval],
};

/** Everything but guests: storages, access, networks, firewalls, nodes, backups, HA, the cluster. */
export const INFRASTRUCTURE_TOPICS: TopicTable = {
  ...ACCESS,
  ...BACKUPS,
  ...CLUSTER_TOPICS,
  ...DISKS,
  ...FIREWALLS,
  ...HA,
  ...NODES,
  ...SDN_TOPICS,
  ...STORAGE,
};
