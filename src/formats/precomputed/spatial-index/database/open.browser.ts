/** In the place of the database drivers, which need Node. */
import { UnsupportedProtocolError } from "../../../../base/errors.js";
import type { Driver } from "./driver.js";

/** @throws UnsupportedProtocolError always. */
export async function openDatabase(_address: string): Promise<Driver> {
  // Not the address: it may hold a password.
  throw new UnsupportedProtocolError("A browser cannot ask a database", {
    fix: "Use the spatial index in the layer's files.",
  });
}
