/** Values that try to leave their segment of a path or to end it. */
export const HOSTILE = [
  "../../access/users",
  "x/../y",
  "..",
  ".",
  "",
  "a%2fb",
  "%2e%2e%2fb",
  "a?b=1",
  "a#b",
  "a\\b",
  "a\u0000b",
  "a\r\nb",
] as const;
