import type { Route } from "../routes.gen.ts";

/** What follows `/firewall` in a route, after its method: cluster, node, guest and VNet share most of it. */
type Tail<R> = R extends `${infer M} /${string}/firewall${infer Rest}` ? `${M} ${Rest}` : never;

/** Search words of the firewall's routes at every level. */
export const FIREWALL_KEYWORDS: { readonly [T in Tail<Route>]?: string } = {
  "GET /rules": "rules show which ports open allowed blocked policy rule list all",
  "POST /rules":
    "new rule add allow open port block deny drop reject accept permit traffic incoming outgoing inbound outbound ssh http https tcp udp ban close",
  "GET /rules/{pos}": "single rule details position",
  "PUT /rules/{pos}": "edit modify reorder move enable disable rule position toggle",
  "DELETE /rules/{pos}": "remove rule drop",
  "GET /options": "is firewall enabled on off active settings default policy status dhcp macfilter",
  "PUT /options":
    "enable disable turn on turn off firewall activate deactivate switch settings default policy input output drop accept log level macfilter ipfilter dhcp nftables conntrack",
  "GET /log": "dropped packets blocked traffic logged denied see log entries",
  "GET /refs": "references usable names objects selectable",
  "GET /aliases": "aliases named addresses list",
  "GET /aliases/{name}": "alias value single",
  "POST /aliases": "new alias name for ip address network define create add",
  "PUT /aliases/{name}": "edit alias change address rename",
  "DELETE /aliases/{name}": "remove alias",
  "GET /ipset": "ip sets lists blacklist whitelist show",
  "POST /ipset": "new ip set define address group blacklist whitelist management",
  "GET /ipset/{name}": "members entries addresses in ip set contents blacklist",
  "POST /ipset/{name}": "add ip entry member cidr to ip set blacklist block ban whitelist trust",
  "GET /ipset/{name}/{cidr}": "single entry",
  "PUT /ipset/{name}/{cidr}": "edit entry nomatch comment",
  "DELETE /ipset/{name}": "remove whole ip set",
  "DELETE /ipset/{name}/{cidr}": "remove ip entry member from ip set unblock unban take out",
  "GET /groups": "security groups list",
  "POST /groups": "new security group define create rename",
  "GET /groups/{group}": "rules in security group contents",
  "POST /groups/{group}": "add rule to security group",
  "DELETE /groups/{group}": "remove security group",
  "GET /groups/{group}/{pos}": "single rule of security group",
  "PUT /groups/{group}/{pos}": "edit rule of security group",
  "DELETE /groups/{group}/{pos}": "remove rule from security group",
  "GET /macros": "macros predefined services ports list available",
};
