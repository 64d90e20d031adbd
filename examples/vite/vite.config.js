import { defineConfig } from "vite";

export default defineConfig({
  // The library finds its worker beside itself, which Vite's copies of dependencies for development are not.
  optimizeDeps: { exclude: ["cloudvolume"] },
  worker: { format: "es" },
  build: { target: "es2022" },
  server: {
    // Lets the page share memory with its workers. Without these headers all works, with one copy more.
    headers: {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
  },
});
