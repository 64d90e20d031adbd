// One curve family as an SVG: logarithmic axes, a line and dots for each series, a legend. No dependency.
const [W, H, L, R, T, B] = [640, 360, 72, 24, 40, 56];
const COLOURS = ["#2563eb", "#dc2626", "#059669", "#9333ea"];
const SUP = (n) => String(n).replace(/./g, (c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻");
const tick = (e, base) =>
  base === 10 && e >= -3 && e <= 3 ? String(Number((10 ** e).toPrecision(1))) : `${base}${SUP(e)}`;

/** @param series `{ name, points: [x, y][] }[]`; x in powers of `base`. */
export function plot({ title, x, y, base = 10, series }) {
  const lx = (v) => Math.log(v) / Math.log(base);
  const ly = Math.log10;
  const xs = series.flatMap((s) => s.points.map(([v]) => lx(v)));
  const ys = series.flatMap((s) => s.points.map(([, v]) => ly(v)));
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = [
    Math.floor(Math.min(...ys)),
    Math.max(Math.ceil(Math.max(...ys)), Math.floor(Math.min(...ys)) + 1),
  ];
  const px = (v) => L + ((lx(v) - x0) / (x1 - x0 || 1)) * (W - L - R);
  const py = (v) => H - B - ((ly(v) - y0) / (y1 - y0)) * (H - T - B);
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${W} ${H}" font-family="system-ui, sans-serif" font-size="12" fill="#374151">`,
    `<title>${title}</title>`,
    `<rect width="${W}" height="${H}" fill="#ffffff"/>`,
    `<text x="${L}" y="22" font-size="15" font-weight="600" fill="#111827">${title}</text>`,
  ];
  for (let e = y0; e <= y1; e++) {
    const at = py(10 ** e);
    out.push(
      `<path d="M${L} ${at}H${W - R}" stroke="#e5e7eb"/>`,
      `<text x="${L - 8}" y="${at + 4}" text-anchor="end">${tick(e, 10)}</text>`,
    );
  }
  const step = Math.max(1, Math.ceil((x1 - x0) / 8));
  for (let e = Math.ceil(x0); e <= x1 + 1e-9; e += step)
    out.push(`<text x="${px(base ** e)}" y="${H - B + 18}" text-anchor="middle">${tick(e, base)}</text>`);
  out.push(
    `<text x="${(L + W - R) / 2}" y="${H - 14}" text-anchor="middle">${x}</text>`,
    `<text transform="translate(18 ${(T + H - B) / 2}) rotate(-90)" text-anchor="middle">${y}</text>`,
  );
  for (const [i, { name, points }] of series.entries()) {
    const colour = COLOURS[i % COLOURS.length];
    const path = points
      .map(([a, b], n) => `${n === 0 ? "M" : "L"}${px(a).toFixed(1)} ${py(b).toFixed(1)}`)
      .join("");
    out.push(`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    for (const [a, b] of points)
      out.push(`<circle cx="${px(a).toFixed(1)}" cy="${py(b).toFixed(1)}" r="3" fill="${colour}"/>`);
    out.push(
      `<circle cx="${W - R - 170}" cy="${T + 6 + 18 * i}" r="4" fill="${colour}"/>`,
      `<text x="${W - R - 160}" y="${T + 10 + 18 * i}">${name}</text>`,
    );
  }
  return `${out.join("\n")}\n</svg>\n`;
}
