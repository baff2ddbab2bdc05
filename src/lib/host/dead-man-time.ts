import {NEVER} from '../facts/state.ts'

/** Shell text that is true where his time counts: he is armed, and does not wait for a migration, which he does over a reboot too. */
export const DEAD_MAN_COUNTS = `{ [ -e "$state/armed" ] && [ "$(sed -n 3p "$state/armed")" != ${NEVER} ]; }`

/** Shell text that makes him wait, and does nothing where nobody is armed. A power cut must not give him his time back. */
export const DEAD_MAN_WAITS = `{ [ ! -e "$state/armed" ] || { ${deadline(NEVER)} && { sync "$state" 2>/dev/null || sync; }; }; }`

/** Shell text that lets him who is armed count from now on. */
export function countFromNow(seconds: number): string {
  return deadline(inSeconds(seconds))
}

/** Shell text for the moment so many seconds from now, in seconds since the boot: nobody sets that clock. */
export function inSeconds(seconds: number): string {
  return `$(( $(${UPTIME}) + ${seconds} ))`
}

/** Shell text for the seconds until the deadline in that file of the same boot; 0 or less when it is over. */
export function secondsLeft(armed: string): string {
  return `$(( $(sed -n 3p "${armed}") - $(${UPTIME}) ))`
}

const UPTIME = 'cut -d. -f1 /proc/uptime'

function deadline(words: string): string {
  return `sed "3s/.*/${words}/" "$state/armed" >"$state/armed.new" && mv -f "$state/armed.new" "$state/armed"`
}
