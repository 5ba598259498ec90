import type { Route } from "../routes.gen.ts";

/** Search words of storages, their content, disks of nodes, backups and Ceph. */
export const STORAGE_KEYWORDS: { readonly [R in Route]?: string } = {
  "GET /storage": "configured storages datastores list all defined definitions nfs lvm zfs ceph pbs which",
  "POST /storage":
    "add new storage datastore mount nfs share cifs smb samba iscsi lvm zfs ceph rbd cephfs directory pbs proxmox backup server esxi attach connect create configure btrfs",
  "GET /storage/{storage}": "details settings of one storage definition path server export",
  "PUT /storage/{storage}":
    "edit change modify enable disable storage content types allowed nodes restrict retention prune shared bandwidth limit turn off settings allow iso",
  "DELETE /storage/{storage}": "remove detach disconnect storage datastore definition unconfigure",

  "GET /nodes/{node}/storage":
    "storage usage free space used total capacity how full available storages on node status disk space left list",
  "GET /nodes/{node}/storage/{storage}/status":
    "free space used total capacity how full one storage online active available disk space left",
  "GET /nodes/{node}/storage/{storage}/rrddata":
    "last day week month growing storage usage history growth trend over time space",
  "GET /nodes/{node}/storage/{storage}/content":
    "backups exist of guest vm container which backups list iso images templates backups disk images volumes files stored on storage what is contents snippets available show which archives unused orphaned",
  "POST /nodes/{node}/storage/{storage}/content":
    "allocate create empty new disk image volume qcow2 raw preallocate blank",
  "GET /nodes/{node}/storage/{storage}/content/{volume}":
    "volume details size format path notes protected backup attributes info",
  "POST /nodes/{node}/storage/{storage}/content/{volume}": "copy volume duplicate to target",
  "PUT /nodes/{node}/storage/{storage}/content/{volume}":
    "protect unprotect backup protected flag note comment notes on backup prevent deletion lock keep",
  "DELETE /nodes/{node}/storage/{storage}/content/{volume}":
    "delete remove iso image file backup archive disk image volume template old orphaned single erase",
  "GET /nodes/{node}/storage/{storage}/prunebackups":
    "prune dry run preview simulate which backups would be removed kept deleted retention",
  "DELETE /nodes/{node}/storage/{storage}/prunebackups":
    "prune old backups clean up retention keep last daily weekly monthly remove expired free space purge apply",
  "GET /nodes/{node}/storage/{storage}/file-restore/list":
    "browse list files folders directories inside backup pbs archive contents single file look into",
  "GET /nodes/{node}/storage/{storage}/file-restore/download":
    "restore extract download single file folder out of backup pbs zip recover individual",
  "GET /nodes/{node}/storage/{storage}/import-metadata":
    "import esxi vmware ova ovf vm preview settings metadata foreign hypervisor inspect",
  "POST /nodes/{node}/storage/{storage}/download-url":
    "download iso image template from url internet web link http fetch qcow2 cloud image file to storage wget",
  "POST /nodes/{node}/storage/{storage}/upload":
    "upload iso image template file local to storage ova qcow2 send push",
  "POST /nodes/{node}/storage/{storage}/oci-registry-pull":
    "pull docker image oci container registry docker hub ghcr",
  "GET /nodes/{node}/query-url-metadata": "url check file size name mime type before download link",
  "GET /nodes/{node}/query-oci-repo-tags": "docker image tags versions available registry",
  "GET /nodes/{node}/aplinfo":
    "container templates available to download debian ubuntu alpine turnkey appliances list lxc template index pveam",
  "POST /nodes/{node}/aplinfo":
    "download container template lxc debian ubuntu alpine turnkey appliance get fetch pveam",
  "GET /nodes/{node}/scan/nfs":
    "discover nfs exports shares available on server showmount browse what does export",
  "GET /nodes/{node}/scan/cifs": "discover smb cifs samba windows shares available on server browse what",
  "GET /nodes/{node}/scan/iscsi": "discover iscsi targets luns iqn portal san available",
  "GET /nodes/{node}/scan/pbs": "discover datastores on proxmox backup server available",
  "GET /nodes/{node}/scan/lvm": "discover lvm volume groups local available usable",
  "GET /nodes/{node}/scan/lvmthin": "discover thin pools in volume group available usable",
  "GET /nodes/{node}/scan/zfs": "discover zfs pools datasets available usable",

  "GET /nodes/{node}/disks/list":
    "physical disks drives hdd ssd nvme list serial number model wearout unused free health size installed local host",
  "GET /nodes/{node}/disks/smart":
    "smart values disk health drive failing dying temperature wear errors attributes self-test hard drive status",
  "PUT /nodes/{node}/disks/wipedisk": "wipe erase clear disk drive partition table remove data clean zap",
  "POST /nodes/{node}/disks/initgpt": "initialize gpt partition table new disk prepare blank",
  "GET /nodes/{node}/disks/zfs": "zfs pools list health zpool status size free raid degraded",
  "GET /nodes/{node}/disks/zfs/{name}":
    "zpool status details scrub errors resilver vdev degraded health of pool faulted raid",
  "POST /nodes/{node}/disks/zfs":
    "create zfs pool zpool raid mirror raidz raid1 raid10 stripe new build software raid",
  "DELETE /nodes/{node}/disks/zfs/{name}": "destroy remove zpool zfs pool",
  "GET /nodes/{node}/disks/lvm": "lvm volume groups physical volumes vgs pvs list free",
  "POST /nodes/{node}/disks/lvm": "create lvm volume group new vg",
  "DELETE /nodes/{node}/disks/lvm/{name}": "destroy remove lvm volume group vg",
  "GET /nodes/{node}/disks/lvmthin": "lvm thin pools usage metadata list lvs full",
  "POST /nodes/{node}/disks/lvmthin": "create lvm thin pool thinpool new provisioned",
  "DELETE /nodes/{node}/disks/lvmthin/{name}": "destroy remove lvm thin pool",
  "GET /nodes/{node}/disks/directory": "directory storages mounted disks ext4 xfs mount units list",
  "POST /nodes/{node}/disks/directory":
    "format disk ext4 xfs filesystem mount directory storage new local use",
  "DELETE /nodes/{node}/disks/directory/{name}": "unmount remove directory storage disk mount",

  "POST /nodes/{node}/vzdump":
    "backup now immediately run start manual one-off vm container guest take make create on demand back up vzdump",
  "GET /nodes/{node}/vzdump/defaults": "default backup settings options vzdump.conf configuration",
  "GET /nodes/{node}/vzdump/extractconfig":
    "config inside backup archive saved vm settings show configuration stored read",
  "GET /cluster/backup":
    "run next run times when backup jobs scheduled schedules list all nightly when configured which",
  "POST /cluster/backup":
    "schedule new backup job nightly daily weekly regular automatic recurring create set up plan every",
  "GET /cluster/backup/{id}": "single backup job details settings",
  "PUT /cluster/backup/{id}":
    "edit backup job schedule change time retention keep enable disable pause storage add vm to exclude turn off notification compression mode",
  "DELETE /cluster/backup/{id}": "remove backup job schedule stop backing up",
  "GET /cluster/backup/{id}/included_volumes":
    "disks volumes included excluded covered in backup job which guests",
  "GET /cluster/backup-info/not-backed-up":
    "guests vms containers without backup missing unprotected not covered no backup job which uncovered",
};

/** Search words of Ceph's routes. */
export const CEPH_KEYWORDS: { readonly [R in Route]?: string } = {
  "GET /cluster/ceph/status":
    "ceph health status warnings overview healthy recovery rebalance usage degraded pgs ceph -s cluster state",
  "GET /nodes/{node}/ceph/status": "ceph health status warnings overview ceph -s",
  "GET /cluster/ceph/flags": "osd flags noout norebalance nobackfill noscrub pause which set list global",
  "PUT /cluster/ceph/flags": "set unset several osd flags noout norebalance nobackfill noscrub pause global",
  "GET /cluster/ceph/flags/{flag}": "is noout flag set check single",
  "PUT /cluster/ceph/flags/{flag}":
    "set unset clear noout norebalance nobackfill noscrub nodeep-scrub maintenance osd flag enable disable",
  "GET /cluster/ceph/metadata": "ceph versions daemons hosts running which version metadata",
  "GET /nodes/{node}/ceph/cfg/raw": "ceph.conf configuration file text",
  "GET /nodes/{node}/ceph/cfg/db": "ceph config database settings ceph config dump",
  "GET /nodes/{node}/ceph/cfg/value": "ceph config single setting value get",
  "GET /nodes/{node}/ceph/cmd-safety": "safe to stop destroy remove ok-to-stop osd mon check can i",
  "GET /nodes/{node}/ceph/crush": "crush map placement hierarchy",
  "GET /nodes/{node}/ceph/rules": "crush rules replication rule list",
  "GET /nodes/{node}/ceph/fs": "cephfs filesystems list",
  "POST /nodes/{node}/ceph/fs/{name}": "create cephfs new ceph filesystem shared make",
  "DELETE /nodes/{node}/ceph/fs/{name}": "remove cephfs delete ceph filesystem",
  "GET /nodes/{node}/ceph/log": "ceph cluster log messages events",
  "POST /nodes/{node}/ceph/init":
    "initialize ceph set up first time configure public cluster network install bootstrap new",
  "GET /nodes/{node}/ceph/mds": "metadata servers cephfs standby active list",
  "POST /nodes/{node}/ceph/mds/{name}": "add metadata server cephfs",
  "DELETE /nodes/{node}/ceph/mds/{name}": "remove metadata server cephfs",
  "GET /nodes/{node}/ceph/mgr": "ceph managers active standby list",
  "POST /nodes/{node}/ceph/mgr/{id}": "add ceph manager daemon",
  "DELETE /nodes/{node}/ceph/mgr/{id}": "remove ceph manager daemon",
  "GET /nodes/{node}/ceph/mon": "ceph monitors quorum list",
  "POST /nodes/{node}/ceph/mon/{monid}": "add ceph monitor daemon",
  "DELETE /nodes/{node}/ceph/mon/{monid}": "remove ceph monitor daemon",
  "GET /nodes/{node}/ceph/osd": "osds tree list status up down in out usage ceph disks weight which",
  "POST /nodes/{node}/ceph/osd": "add new osd disk to ceph drive encrypted wal db create",
  "DELETE /nodes/{node}/ceph/osd/{osdid}": "remove destroy osd disk from ceph replace failed",
  "POST /nodes/{node}/ceph/osd/{osdid}/in": "mark osd in bring back into cluster rejoin",
  "POST /nodes/{node}/ceph/osd/{osdid}/out": "mark osd out take drain evacuate data off before removal",
  "POST /nodes/{node}/ceph/osd/{osdid}/scrub": "deep scrub osd verify data integrity consistency",
  "GET /nodes/{node}/ceph/osd/{osdid}/metadata": "osd details device which disk memory address",
  "GET /nodes/{node}/ceph/osd/{osdid}/lv-info": "osd logical volume lvm device details",
  "GET /nodes/{node}/ceph/pool": "ceph pools list usage replicas pg size",
  "POST /nodes/{node}/ceph/pool": "create ceph pool rbd new replicated erasure coding",
  "PUT /nodes/{node}/ceph/pool/{name}":
    "change ceph pool size replicas min_size pg_num autoscale crush rule target ratio edit",
  "DELETE /nodes/{node}/ceph/pool/{name}": "remove ceph pool delete rbd",
  "GET /nodes/{node}/ceph/pool/{name}/status": "single ceph pool details settings statistics usage",
  "POST /nodes/{node}/ceph/restart": "restart ceph daemons service osd mon",
  "POST /nodes/{node}/ceph/start": "start ceph daemons service osd mon",
  "POST /nodes/{node}/ceph/stop": "stop ceph daemons service osd mon",
};
