import type { Route } from "../schema/routes.gen.ts";
import type { Topic, TopicTable } from "./topic.ts";
import { GUEST_TOPICS } from "./topics-guests.ts";
import { INFRASTRUCTURE_TOPICS } from "./topics-infrastructure.ts";

const TOPICS: TopicTable & { readonly [R in Route]?: readonly Topic[] } = {
  ...GUEST_TOPICS,
  ...INFRASTRUCTURE_TOPICS,
};

/** The topics of an operation, in the order in which a plan tells them. */
export const topicsOf = (route: Route): readonly Topic[] => TOPICS[route] ?? [];
