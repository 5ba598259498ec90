/** A red pixel as PNG. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/** A WAV without a sample. */
const WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=";

export const text = (content: string) => ({ type: "text" as const, text: content });
export const image = { type: "image" as const, data: PNG, mimeType: "image/png" };
export const audio = { type: "audio" as const, data: WAV, mimeType: "audio/wav" };
export const resource = (uri: string, content: string, mimeType = "text/plain") => ({
  type: "resource" as const,
  resource: { uri, mimeType, text: content },
});

/** Resources by their URI. */
export const RESOURCES: Readonly<
  Record<string, { readonly mimeType: string; readonly text?: string; readonly blob?: string }>
> = {
  "test://static-text": { mimeType: "text/plain", text: "Text that stays as it is." },
  "test://static-binary": { mimeType: "image/png", blob: PNG },
  "test://watched-resource": { mimeType: "text/plain", text: "Text that is watched." },
};

/** What a resource of the template holds. */
export function templated(uri: string): string | undefined {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  return id === undefined
    ? undefined
    : JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
}
