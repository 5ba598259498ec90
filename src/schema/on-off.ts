/** What PVE, and people, write for on and off in a text (PVE::JSONSchema parse_boolean), in any case; else undefined. */
export function onOff(text: string): boolean | undefined {
  if (/^(?:1|on|yes|true)$/i.test(text)) return true;
  return /^(?:0|off|no|false)$/i.test(text) ? false : undefined;
}
