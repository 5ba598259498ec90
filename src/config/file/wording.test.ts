import { expect, it } from "vitest";
import { adviceInKeys } from "./wording.ts";

it.each([
  [
    "PVE_ACCESS_TIER=full in the server's settings would allow it; the operator decides.",
    "clusters.lab.tier: full in the file of PVE_CONFIG would allow it; the operator decides.",
  ],
  [
    "Check PVE_TOKEN_ID and PVE_TOKEN_SECRET; the secret was shown once.",
    "Check clusters.lab.token_id and clusters.lab.token_secret; the secret was shown once.",
  ],
  [
    "If this fingerprint is the node's, add this line to the server's environment:\nPVE_FINGERPRINT=AA:BB",
    "If this fingerprint is the node's, set this key in the file of PVE_CONFIG:\nclusters.lab.fingerprint: AA:BB",
  ],
  [
    "PVE_AUDIT_LOG names the record; PVE_OUTPUT is of all.",
    "record.file names the record; output is of all.",
  ],
  ["A guest called XPVE_WAIT with commas between them", "A guest called XPVE_WAIT with commas between them"],
])("%s", (text, said) => {
  expect(adviceInKeys(text, "lab")).toBe(said);
});
