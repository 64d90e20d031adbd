/** The deflate encoder: there from the start in Node, loaded with the first thing that is written in a page. */
export { deflateInTurns, deflateWith } from "./deflate-workspace.js";

/** Whether {@link deflateWith} works. */
export const hasDeflate = true;
