/** In the place of files: a page has none. */
import { UnsupportedProtocolError } from "../../base/errors.js";
import type { Store } from "../store.js";

/** @throws UnsupportedProtocolError always. */
export function fileStore(directory: string): Store {
  throw new UnsupportedProtocolError("A browser has no files to open", {
    where: directory,
    expected: "https://, gs://, s3:// or mem://",
  });
}
