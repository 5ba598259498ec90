import { createPrivateKey, X509Certificate } from "node:crypto";
import type { ClientCertificate } from "./config.ts";
import { fromFile, type ReadFile } from "./from-file.ts";
import { Secret } from "./secret.ts";

/** A setting that names a file, with its value. */
interface FileSetting {
  readonly name: string;
  readonly path: string | undefined;
}

/** A certificate and its key from two files; undefined where none is set or the pair does not fit together. */
export function readKeyPair(
  certFile: FileSetting,
  keyFile: FileSetting,
  readFile: ReadFile,
  problems: string[],
): ClientCertificate | undefined {
  if (certFile.path === undefined && keyFile.path === undefined) return undefined;
  if (certFile.path === undefined || keyFile.path === undefined) {
    problems.push(`${certFile.name} and ${keyFile.name} go together: set both, or none`);
    return undefined;
  }
  const cert = fromFile(certFile.name, certFile.path, readFile, problems, (pem) =>
    readable(() => new X509Certificate(pem))
      ? { value: pem }
      : { problem: "names a file without a PEM certificate" },
  );
  const key = fromFile(keyFile.name, keyFile.path, readFile, problems, (pem) =>
    readable(() => createPrivateKey(pem))
      ? { value: pem }
      : { problem: "names a file without a PEM private key that can be used without a passphrase" },
  );
  if (cert === undefined || key === undefined) return undefined;
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    problems.push(`${keyFile.name} is not the key of the certificate in ${certFile.name}`);
    return undefined;
  }
  return { cert, key: new Secret(key) };
}

function readable(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
