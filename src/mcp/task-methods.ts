/** MCP's extension for calls that go on as tasks. */
export const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

/** Longer ids are none of ours. */
const LONGEST_ID = 100_000;

interface TaskId {
  readonly taskId: string;
}

/** Parameters of `tasks/get`, `tasks/update` and `tasks/cancel`, as the SDK takes a schema. */
export const TASK_ID = {
  "~standard": {
    version: 1,
    vendor: "mcp-pve",
    validate: (value: unknown): { value: TaskId } | { issues: readonly { message: string }[] } => {
      const taskId =
        typeof value === "object" && value !== null && "taskId" in value ? value.taskId : undefined;
      return typeof taskId === "string" && taskId.length <= LONGEST_ID
        ? { value: { taskId } }
        : { issues: [{ message: "taskId must be a task's id." }] };
    },
    types: undefined as unknown as { readonly input: TaskId; readonly output: TaskId },
  },
} as const;
