/** Meshes with levels of detail, cut into the cells of an octree: see README.md. */
export { type Cell, cutIntoFragments, type Fragment } from "./fragments.js";
export { simplifyLevels } from "./simplify.js";
export { compareZ } from "./z-order.js";
