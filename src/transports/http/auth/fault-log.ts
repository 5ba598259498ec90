/** Says a fault once, however often it is met, until it is another one or mended. */
export interface FaultLog {
  readonly fault: (text: string) => void;
  /** Says `text` if a fault was said before. */
  readonly mended: (text: string) => void;
}

/** @param log writes a line */
export function createFaultLog(log: (line: string) => void): FaultLog {
  let said: string | undefined;
  return {
    fault: (text) => {
      if (said !== text) log(text);
      said = text;
    },
    mended: (text) => {
      if (said !== undefined) log(text);
      said = undefined;
    },
  };
}
