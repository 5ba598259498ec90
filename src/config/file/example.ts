/** A configuration file as the documentation shows it. */
export const EXAMPLE_FILE = `default: prod              # the cluster that a call without one means
clusters:
  prod:
    url: [https://pve1.example.com:8006, https://pve2.example.com:8006]
    token_id: root@pam!mcp
    token_secret: file:/run/secrets/prod
    tier: read-only
    categories: [qemu, lxc]
    protected: [100, "200-299", "tag:prod"]
    timeout: 30
  lab:
    url: https://lab.example.com:8006
    token_id: root@pam!mcp
    token_secret: env:LAB_TOKEN_SECRET
    verify_ssl: false
record:
  file: /var/log/mcp-pve/changes.jsonl
  max_mb: 64
  key: file:/etc/mcp-pve/record.key
output: text
structured: false
`;
