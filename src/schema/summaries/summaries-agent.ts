import type { Route } from "../routes.gen.ts";

/** One line for each operation on the guest agent of a VM. */
export const AGENT_SUMMARIES = {
  "GET /nodes/{node}/qemu/{vmid}/agent": "List the sub-paths of a VM's guest agent: the commands it has",
  "POST /nodes/{node}/qemu/{vmid}/agent": "Call one argument-less guest agent command of a VM by its name",
  "GET /nodes/{node}/qemu/{vmid}/agent/info": "Show a VM's guest agent version and the commands it supports",
  "POST /nodes/{node}/qemu/{vmid}/agent/ping": "Ping the guest agent of a VM to see whether it answers",

  "POST /nodes/{node}/qemu/{vmid}/agent/exec":
    "Run a command in a VM through its guest agent; answers the process id (PID)",
  "GET /nodes/{node}/qemu/{vmid}/agent/exec-status":
    "Show output and exit code of a command run by a VM's guest agent",
  "GET /nodes/{node}/qemu/{vmid}/agent/file-read":
    "Read a file inside a VM through its guest agent (16 MiB at most)",
  "POST /nodes/{node}/qemu/{vmid}/agent/file-write": "Write a file inside a VM through its guest agent",
  "POST /nodes/{node}/qemu/{vmid}/agent/set-user-password":
    "Set the password of a user inside a VM through its guest agent",

  "GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces":
    "Show a VM's IP and MAC addresses (NICs) as its guest agent sees them",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-fsinfo":
    "Show a VM's mounted filesystems with size and use, by its guest agent",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-host-name": "Show a VM's hostname as set inside the guest",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo":
    "Show a VM's operating system, version and kernel, by its guest agent",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-users": "List the users logged in inside a VM, by its guest agent",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-time": "Show the clock time inside a VM, by its guest agent",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-timezone": "Show the time zone inside a VM, by its guest agent",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-vcpus": "List the vCPUs a VM's guest sees, online or offline",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-memory-blocks":
    "List the memory blocks a VM's guest sees, online or offline",
  "GET /nodes/{node}/qemu/{vmid}/agent/get-memory-block-info":
    "Show the size of one memory block of a VM's guest",

  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze":
    "Freeze a VM's filesystems through its guest agent (quiesce writes)",
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw":
    "Thaw a VM's frozen filesystems through its guest agent",
  "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-status":
    "Show whether a VM's filesystems are frozen or thawed",
  "POST /nodes/{node}/qemu/{vmid}/agent/fstrim":
    "Trim a VM's filesystems through its guest agent, freeing unused blocks (discard)",

  "POST /nodes/{node}/qemu/{vmid}/agent/shutdown":
    "Shut down a VM's operating system through its guest agent",
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram":
    "Put a VM's guest to sleep in memory through its guest agent (S3)",
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk":
    "Hibernate a VM's guest to disk through its guest agent (S4)",
  "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid":
    "Put a VM's guest to hybrid sleep, memory and disk, through its guest agent",
} as const satisfies Partial<Record<Route, string>>;
