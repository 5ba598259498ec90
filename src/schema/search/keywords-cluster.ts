import type { Route } from "../routes.gen.ts";

/** Search words of the cluster's routes: membership, HA, jobs, notifications, mappings, SDN. */
export const CLUSTER_KEYWORDS: { readonly [R in Route]?: string } = {
  "GET /version": "which pve version release installed running api",
  "GET /cluster/status":
    "quorum quorate healthy cluster health state nodes online offline votes cluster name members overview how many",
  "GET /cluster/resources":
    "list all vms list all vms in cluster list all containers cluster guests all vms containers guests virtual machines whole cluster inventory overview everything across nodes where is which node find search by name list total usage top running stopped",
  "GET /cluster/tasks":
    "recent tasks cluster wide running jobs history what is happening list active failed all nodes",
  "GET /cluster/log": "cluster log events audit history who logged in messages recent activity",
  "GET /cluster/nextid": "next free unused available vmid vm id number",
  "GET /cluster/options": "datacenter options settings cluster wide defaults",
  "PUT /cluster/options":
    "datacenter options settings keyboard layout language migration network insecure bandwidth limit bwlimit mac prefix http proxy tag colors style allowed tags console viewer default email from ha shutdown policy next id range crs scheduling notes u2f webauthn consent text max workers",
  "POST /cluster/config": "create new cluster form initialize set up first node pvecm create",
  "GET /cluster/config/join": "join information fingerprint how to join cluster address",
  "POST /cluster/config/join": "join existing cluster add this node server host to cluster pvecm add enter",
  "GET /cluster/config/nodes": "corosync nodes members votes ring addresses links",
  "POST /cluster/config/nodes/{node}": "corosync add node manual",
  "DELETE /cluster/config/nodes/{node}":
    "remove node dead host from cluster permanently kick out delete server decommission pvecm delnode evict",
  "GET /cluster/config/qdevice": "qdevice quorum device external vote tie breaker state status",
  "GET /cluster/config/totem":
    "corosync totem settings configuration transport knet token link cluster network",
  "GET /cluster/config/apiversion": "join api version compatibility",

  "POST /cluster/bulk-action/guest/start":
    "start all many several guests bulk mass cluster wide everything turn on power on",
  "POST /cluster/bulk-action/guest/shutdown":
    "stop all shut down all many several guests bulk mass cluster wide everything turn off power off",
  "POST /cluster/bulk-action/guest/suspend": "suspend pause all many several vms bulk mass cluster wide",
  "POST /cluster/bulk-action/guest/migrate":
    "migrate move all many several guests bulk mass cluster wide evacuate drain maintenance",

  "GET /cluster/ha/status/current":
    "ha status state health master lrm crm fencing quorum managed services current",
  "GET /cluster/ha/status/manager_status": "crm master lrm raw manager internal",
  "POST /cluster/ha/status/arm-ha": "enable resume ha again rearm after maintenance",
  "POST /cluster/ha/status/disarm-ha":
    "disable ha temporarily suspend fencing maintenance switch update turn off watchdog",
  "GET /cluster/ha/resources": "ha resources ha managed guests vms services protected list which",
  "GET /cluster/ha/resources/{sid}": "ha resource details settings of guest",
  "POST /cluster/ha/resources":
    "enable ha for vm make highly available protect failover add guest manage automatic restart on other node",
  "PUT /cluster/ha/resources/{sid}":
    "ha requested state started stopped disabled ignored max restart relocate edit ha settings of vm failback pause ha for",
  "DELETE /cluster/ha/resources/{sid}": "disable ha for vm remove guest stop managing unmanage",
  "POST /cluster/ha/resources/{sid}/migrate": "ha migrate live managed move service to node",
  "POST /cluster/ha/resources/{sid}/relocate": "ha relocate stop start managed move service to node",
  "GET /cluster/ha/rules": "affinity rules anti-affinity node placement list",
  "GET /cluster/ha/rules/{rule}": "affinity rule details single",
  "POST /cluster/ha/rules":
    "spread over different hosts affinity anti-affinity keep vms together apart separate different same host placement pin prefer priority nodes restrict rule colocate bind",
  "PUT /cluster/ha/rules/{rule}": "edit change affinity rule priorities strict enable disable placement",
  "DELETE /cluster/ha/rules/{rule}": "remove affinity rule placement",

  "GET /cluster/replication": "replication jobs configured list all dr zfs sync",
  "GET /cluster/replication/{id}": "replication job details",
  "POST /cluster/replication":
    "replicate guest vm container disks to other node set up new replication job every minutes schedule dr disaster recovery standby copy async zfs sync",
  "PUT /cluster/replication/{id}": "edit replication job schedule interval rate limit enable disable pause",
  "DELETE /cluster/replication/{id}": "remove replication job stop replicating",

  "GET /cluster/jobs/realm-sync": "ldap ad sync jobs scheduled automatic user list",
  "POST /cluster/jobs/realm-sync/{id}": "schedule automatic periodic ldap ad user sync job create nightly",
  "PUT /cluster/jobs/realm-sync/{id}": "edit ldap ad sync job schedule enable disable",
  "DELETE /cluster/jobs/realm-sync/{id}": "remove ldap ad sync job schedule",
  "GET /cluster/jobs/schedule-analyze":
    "calendar event next run times when will it run test schedule simulate cron systemd timer validate",

  "GET /cluster/acme/account": "let's encrypt accounts list registered",
  "POST /cluster/acme/account": "register new let's encrypt account create sign up ca zerossl eab",
  "PUT /cluster/acme/account/{name}": "update contact email of let's encrypt account",
  "DELETE /cluster/acme/account/{name}": "deactivate remove let's encrypt account",
  "GET /cluster/acme/plugins": "dns challenge plugins list configured",
  "POST /cluster/acme/plugins":
    "dns-01 challenge plugin cloudflare route53 digitalocean hetzner ovh api credentials validation add new",
  "PUT /cluster/acme/plugins/{id}": "edit dns challenge plugin credentials api token cloudflare",
  "DELETE /cluster/acme/plugins/{id}": "remove dns challenge plugin",
  "GET /cluster/acme/challenge-schema": "supported dns providers apis for challenge fields",
  "GET /cluster/acme/directories": "certificate authorities letsencrypt staging production endpoints urls",
  "GET /cluster/acme/meta": "ca terms of service url tos external account binding",

  "GET /cluster/notifications/targets":
    "all notification targets endpoints destinations list where are alerts sent",
  "POST /cluster/notifications/targets/{name}/test":
    "send test notification mail alert check works try verify",
  "GET /cluster/notifications/matchers":
    "notification rules routing routes filters list which alerts go where",
  "POST /cluster/notifications/matchers":
    "notification rule routing route filter new severity only errors who gets alerts about failed backups",
  "PUT /cluster/notifications/matchers/{name}":
    "edit notification rule routing filter enable disable mute severity change who gets alerts",
  "DELETE /cluster/notifications/matchers/{name}": "remove notification rule routing filter",
  "POST /cluster/notifications/endpoints/smtp":
    "send notifications by email mail server smtp gmail office365 relay add new alerts",
  "PUT /cluster/notifications/endpoints/smtp/{name}": "edit email mail server smtp password recipients",
  "POST /cluster/notifications/endpoints/sendmail":
    "send notifications by email local postfix sendmail add new alerts mail",
  "PUT /cluster/notifications/endpoints/sendmail/{name}": "edit email recipients postfix",
  "POST /cluster/notifications/endpoints/gotify": "push notifications phone gotify add new alerts",
  "POST /cluster/notifications/endpoints/webhook":
    "send notifications to slack discord teams telegram ntfy matrix mattermost pagerduty http post url add new alerts",
  "PUT /cluster/notifications/endpoints/webhook/{name}":
    "edit slack discord teams telegram ntfy url header secret",

  "GET /cluster/metrics/server":
    "external metrics servers list influxdb graphite opentelemetry prometheus monitoring configured",
  "POST /cluster/metrics/server/{id}":
    "send export push metrics to influxdb graphite opentelemetry prometheus grafana external monitoring add new",
  "PUT /cluster/metrics/server/{id}":
    "edit influxdb graphite opentelemetry metric server port token enable disable",
  "DELETE /cluster/metrics/server/{id}":
    "remove influxdb graphite opentelemetry metric server stop exporting",
  "GET /cluster/metrics/export":
    "pull current metrics prometheus exporter scrape all guests nodes storages monitoring",

  "POST /cluster/mapping/pci": "new define add gpu pci device mapping resource passthrough cluster wide",
  "POST /cluster/mapping/usb": "new define add usb device mapping resource passthrough cluster wide",
  "POST /cluster/mapping/dir": "new define add host directory mapping virtiofs share folder with guest",
  "GET /cluster/mapping/pci": "gpu pci mappings resource list defined",
  "GET /cluster/mapping/usb": "usb mappings resource list defined",
  "GET /cluster/mapping/dir": "directory mappings virtiofs shares resource list defined",

  "GET /cluster/qemu/cpu-flags": "cpu flags available nested virtualization aes spec-ctrl list",
  "GET /cluster/qemu/custom-cpu-models": "own custom cpu types models list defined",
  "POST /cluster/qemu/custom-cpu-models": "own custom cpu type model new define flags hidden phys bits",

  "PUT /cluster/sdn": "apply activate commit deploy pending sdn configuration changes reload push everywhere",
  "POST /cluster/sdn/rollback": "discard undo revert cancel throw away pending sdn configuration changes",
  "POST /cluster/sdn/lock": "lock sdn configuration exclusive editing",
  "DELETE /cluster/sdn/lock": "unlock release sdn lock force stuck",
  "GET /cluster/sdn/dry-run": "preview dry run sdn changes diff frr interfaces before apply simulate",
  "GET /cluster/sdn/zones": "sdn zones list vxlan vlan evpn simple qinq",
  "POST /cluster/sdn/zones":
    "new sdn zone vxlan vlan evpn simple qinq overlay network nat dhcp isolated create",
  "PUT /cluster/sdn/zones/{zone}": "edit sdn zone mtu peers bridge vxlan vlan evpn exit nodes",
  "GET /cluster/sdn/vnets": "virtual networks vnets list sdn",
  "POST /cluster/sdn/vnets": "new virtual network vnet vlan tag vni overlay create",
  "PUT /cluster/sdn/vnets/{vnet}": "edit vnet vlan tag alias isolate ports vlan aware",
  "GET /cluster/sdn/vnets/{vnet}/subnets": "subnets list gateway dhcp range",
  "POST /cluster/sdn/vnets/{vnet}/subnets": "new subnet gateway dhcp range snat cidr add ip range",
  "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}": "edit subnet gateway dhcp range snat",
  "POST /cluster/sdn/vnets/{vnet}/ips": "reserve ip static dhcp lease reservation mac assign fixed",
  "PUT /cluster/sdn/vnets/{vnet}/ips": "change ip static dhcp lease reservation mac",
  "DELETE /cluster/sdn/vnets/{vnet}/ips": "release free ip dhcp lease reservation remove",
  "GET /cluster/sdn/ipams/{ipam}/status":
    "ip allocations leases assigned addresses used dhcp which guest has which ip",
  "POST /cluster/sdn/ipams": "netbox phpipam integration add ip management",
  "POST /cluster/sdn/dns": "powerdns integration add register names",
  "POST /cluster/sdn/controllers": "bgp evpn isis router frr asn peers controller add new peering",
  "GET /cluster/sdn/fabrics/all": "ospf openfabric fabric underlay list",
  "POST /cluster/sdn/fabrics/fabric":
    "ospf openfabric wireguard bgp new fabric underlay routed mesh full mesh ceph network create",
  "POST /cluster/sdn/fabrics/node/{fabric_id}": "add node member to fabric ospf openfabric",
};
