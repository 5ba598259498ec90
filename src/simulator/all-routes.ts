import type { Handlers } from "./route.ts";
import { taskRoutes } from "./routes/tasks.ts";

/** Every simulated route. */
export const allHandlers: Handlers = { ...taskRoutes };
