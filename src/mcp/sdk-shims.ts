/**
 * Stands in the bundle for the SDK's own shims, which bring a JSON Schema compiler of 160 kB. The SDK asks it only to
 * check what a person filled into a form, and that is checked by whoever reads it (question.ts).
 */
import process from "node:process";

export { process };

/** The SDK's default, never asked; throws if it is. */
export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error("This server has no JSON Schema validator.");
  }
}
