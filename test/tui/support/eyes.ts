/** Red, green, blue; 0 to 255. */
export type Rgb = readonly [number, number, number];

export type Sight = 'protanopia' | 'deuteranopia' | 'tritanopia';

/** The colours that xterm has for its sixteen; those of the styles. */
const XTERM: Readonly<Record<string, Rgb>> = {
  31: [205, 0, 0],
  32: [0, 205, 0],
  33: [205, 205, 0],
  34: [0, 0, 238],
  35: [205, 0, 205],
  36: [0, 205, 205],
  90: [127, 127, 127],
  91: [255, 0, 0],
  94: [92, 92, 255],
};

/** Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB. */
const SIGHTS: Readonly<Record<Sight, readonly (readonly number[])[]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** The colour that SGR parameters ask for; undefined for the terminal's own. */
export function foreground(sgr: string): Rgb | undefined {
  const parameter = sgr.split(';').find((one) => /^[39]\d$/.test(one));
  if (parameter === undefined) return undefined;
  const colour = XTERM[parameter];
  if (!colour) throw new Error(`no colour for SGR ${parameter}`);
  return colour;
}

/** As WCAG has it: 1 is none, 21 is black on white. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}

/** How different two colours are to such eyes (CIE 1976): 2 is just seen, and 100 is a world. */
export function distance(a: Rgb, b: Rgb, sight: Sight): number {
  const [x, y] = [lab(seen(a, sight)), lab(seen(b, sight))] as const;
  return Math.hypot(...x.map((value, i) => value - y[i]!));
}

function linear(rgb: Rgb): number[] {
  return rgb.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = linear(rgb) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function seen(rgb: Rgb, sight: Sight): [number, number, number] {
  const given = linear(rgb);
  const rows = SIGHTS[sight].map((row) => row.reduce((sum, factor, i) => sum + factor * given[i]!, 0));
  return rows.map((value) => Math.min(1, Math.max(0, value))) as [number, number, number];
}

function lab([r, g, b]: readonly [number, number, number]): number[] {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
