import type { TopicTable } from "./topic.ts";

/** Everything but guests: storages, access, networks, firewalls, nodes, backups, HA, the cluster. */
export const INFRASTRUCTURE_TOPICS: TopicTable = {};
