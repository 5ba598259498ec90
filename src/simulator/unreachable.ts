/** Networks reserved for documentation (RFC 5737): nothing outside a scenario answers there. */
const RESERVED = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/;

/** True for an address that a simulated node cannot connect to. */
export const isUnreachable = (address: string): boolean => RESERVED.test(address);
