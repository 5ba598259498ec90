/** Calls that take longer than others by what they do, and what they are given at least. */
const SLOW: readonly { readonly route: RegExp; readonly seconds: number }[] = [
  // Runs some dozens of commands, the report of each storage among them (PVE::Report).
  { route: /^GET \/nodes\/\{node\}\/report$/, seconds: 60 },
  // Ask another machine over the network, or every disk of this one.
  { route: /^GET \/nodes\/\{node\}\/(scan|disks|ceph)\//, seconds: 60 },
  // Walk over every volume or file of a storage, which may be a tape, a share or a backup server.
  {
    route: /^GET \/nodes\/\{node\}\/storage\/\{storage\}\/(content|file-restore|import-metadata)/,
    seconds: 60,
  },
  { route: /^DELETE \/nodes\/\{node\}\/storage\/\{storage\}\/content\//, seconds: 60 },
  // Fetches from a repository on the internet.
  {
    route: /^GET \/nodes\/\{node\}\/(apt\/changelog|aplinfo|query-url-metadata|query-oci-repo-tags)$/,
    seconds: 45,
  },
  // The guest's own programs answer: QMPClient.pm waits for some of them longer than pveproxy waits for it.
  { route: /^(GET|POST) \/nodes\/\{node\}\/qemu\/\{vmid\}\/agent(\/|$)/, seconds: 40 },
  // Looks at every disk on every node it might go to.
  { route: /^GET \/nodes\/\{node\}\/(qemu|lxc)\/\{vmid\}\/migrate$/, seconds: 40 },
];

/** The least that a call of this route is given, in seconds; 0: what the operator sets (PVE_TIMEOUT). */
export const leastSeconds = (route: string): number =>
  SLOW.find((row) => row.route.test(route))?.seconds ?? 0;
