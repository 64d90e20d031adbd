/** The document around the small viewer's program. */
export function page(title: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark">
<title>${title.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/viewer.css">
<body>
<p id="message">Loading…</p>
<script type="module" src="/viewer.js"></script>
</body>
</html>
`;
}
