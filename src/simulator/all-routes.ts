import { areaHandlers } from "./area-routes.ts";
import type { Handlers } from "./route.ts";
import { guestListRoutes } from "./routes/guest-list.ts";
import { guestStatusRoutes } from "./routes/guest-status.ts";
import { taskRoutes } from "./routes/tasks.ts";

/** Every simulated route. */
export const allHandlers: Handlers = { ...areaHandlers, ...taskRoutes, ...guestListRoutes, ...guestStatusRoutes };
