/** The commands that grant the token exactly one privilege: built-in roles would grant more. */
export function grantLine(tokenId: string, path: string, privilege: string): string {
  const role = `MCP-${privilege.replaceAll(".", "-")}`;
  return `pveum role add ${role} --privs ${privilege} && pveum acl modify ${path} ${tokenId.includes("!") ? "--tokens" : "--users"} '${tokenId}' --roles ${role}`;
}
