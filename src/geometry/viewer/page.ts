/** The page around the drawing. */
export function page(names: readonly string[]): string {
  const title = names.length === 1 ? names[0]! : `${names.length} objects`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escaped(title)}</title>
<style>
  body { margin: 0; overflow: hidden; background: #14161c; color: #e8e8e8; font: 14px system-ui, sans-serif; }
  canvas { display: block; }
  #names { position: fixed; top: 12px; left: 12px; max-height: calc(100vh - 24px); overflow: auto; }
  label { display: block; padding: 2px 0; cursor: pointer; }
  #message { position: fixed; bottom: 12px; left: 12px; }
</style>
<div id="names"></div>
<div id="message">Loading…</div>
<script type="module" src="/viewer.js"></script>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
