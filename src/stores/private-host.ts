/** Addresses that only this computer or its network can reach. Strangers' data must not lead there. */
import { RedirectError } from "../base/errors.js";

/** Whether a host's name or address, as `URL.hostname` or a resolver writes it, is one of those. */
export function isPrivateHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || name.endsWith(".internal")) return true;
  if (name.startsWith("[")) return isPrivate6(name.slice(1, -1));
  if (name.includes(":")) return isPrivate6(name);
  const [a = -1, b = -1, c = -1] = /^\d+\.\d+\.\d+\.\d+$/.test(name) ? name.split(".").map(Number) : [];
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && c === 0) ||
    (a === 198 && (b === 18 || b === 19)) ||
    a >= 224
  );
}

function isPrivate6(address: string): boolean {
  const groups = expanded(address.replace(/%.*$/, ""));
  if (groups === undefined) return true; // What is no address is not to be trusted.
  const [first = 0, second = 0] = groups;
  const embedded = (at: number): boolean => {
    const [high = 0, low = 0] = [groups[at], groups[at + 1]];
    return isPrivateHost([high >> 8, high & 255, low >> 8, low & 255].join("."));
  };
  const isZero = (to: number): boolean => groups.slice(0, to).every((g) => g === 0);
  // IPv4 in IPv6: compatible, mapped, translated, NAT64 and 6to4.
  if (isZero(6)) return groups[6] === 0 && (groups[7] ?? 0) < 2 ? true : embedded(6);
  if (isZero(5) && groups[5] === 0xffff) return embedded(6);
  if (isZero(4) && groups[4] === 0xffff && groups[5] === 0) return embedded(6);
  if (first === 0x64 && second === 0xff9b) return embedded(6) || groups[2] === 1;
  if (first === 0x2002) return embedded(1);
  // Unique local, link-local, site-local, multicast.
  return (
    (first & 0xfe00) === 0xfc00 ||
    (first & 0xffc0) === 0xfe80 ||
    (first & 0xffc0) === 0xfec0 ||
    first >= 0xff00
  );
}

/** The eight groups of an IPv6 address. */
function expanded(address: string): number[] | undefined {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text =
    dotted === null
      ? address
      : `${dotted[1]}${hex(Number(dotted[2]), Number(dotted[3]))}:${hex(Number(dotted[4]), Number(dotted[5]))}`;
  const [before = "", after, more] = text.split("::");
  if (more !== undefined) return undefined;
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const missing = 8 - head.length - tail.length;
  if (after === undefined ? missing !== 0 : missing < 0) return undefined;
  const all = [...head, ...new Array<string>(after === undefined ? 0 : missing).fill("0"), ...tail];
  return all.every((g) => /^[\da-f]{1,4}$/i.test(g)) ? all.map((g) => Number.parseInt(g, 16)) : undefined;
}

function hex(high: number, low: number): string {
  return (high * 256 + low).toString(16);
}

/** The error of what leads from a public server into a private network. */
export function intoPrivate(where: string, got?: string): RedirectError {
  return new RedirectError("A redirect leads into a private network", {
    where,
    ...(got === undefined ? {} : { got }),
    fix: "Open the address that it leads to, if you trust it",
  });
}

/** @throws RedirectError for an address of this computer or its network, as far as its name tells. */
export function refusePrivate(url: URL): void {
  if (isPrivateHost(url.hostname)) throw intoPrivate(url.origin + url.pathname);
}
