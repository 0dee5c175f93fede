// The processors that come with Sightline, by the name that the config uses.

export const BUILT_INS: Readonly<Record<string, () => Promise<{ readonly default: unknown }>>> = {
  motion: () => import('./motion.ts'),
  overlay: () => import('./overlay.ts'),
  qr: () => import('./qr.ts'),
};

/** The definition of a built-in; null when there is none of this name. */
export async function loadBuiltIn(use: string): Promise<unknown> {
  const load = Object.hasOwn(BUILT_INS, use) ? BUILT_INS[use] : undefined;
  return load === undefined ? null : (await load()).default;
}
