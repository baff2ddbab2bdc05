/** `12.1.0 → 12.1.1`, or the one version that it is and stays. */
export function versionsText(from: string | undefined, to: string): string {
  return from === undefined || from === to ? to : `${from} → ${to}`
}
