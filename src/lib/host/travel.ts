import {quote, type Script} from '../model/script.ts'

/**
 * How a script travels. The remote command line is one constant, `COMMAND`; what runs, and with which input, comes over
 * standard input only: one line, then the job, then the script's own input. Each is run only when it arrived whole,
 * so a connection that is cut in between never runs half of it, and none reads further than its own end.
 */
export interface Travel {
  /** Sent at once. */
  readonly opening: string
  /** Sent next; after `marks.ready` where a sudo password may be asked for. Followed by the script's input. */
  readonly job: string
  readonly marks: Marks
}

/** Random words, so that nothing a shell or a script prints can be mistaken for them. */
export interface Marks {
  readonly begin: string
  readonly end: string
  readonly ready: string
  /** What sudo prints to ask for the password. */
  readonly prompt: string
}

/** `ask`: sudo with a password, written only after sudo asked with the prompt of this journey. */
export type Elevation = 'none' | 'sudo' | 'ask'

export interface TravelOptions {
  readonly elevation: Elevation
  /** 64 random hex digits: the first half is shown to sudo, the second never stands in an argv. */
  readonly nonce: string
  readonly inputBytes: number
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Reads one line and runs it. No quote, `!` or backslash inside, so that csh and fish pass it on as it is. */
export const COMMAND = `exec /bin/sh -c 'read -r line && eval "$line"'`

/** Reads a text by its length in bytes, and runs it if its last line says that it is whole. */
const LOADER =
  'read -r n && t=$(dd bs="$n" count=1 iflag=fullblock 2>/dev/null) && case "$t" in *"#whole") eval "$t";; *) exit 97;; esac'

export function packScript(script: Pick<Script<unknown>, 'text' | 'deadlineSeconds'>, options: TravelOptions): Travel {
  const marks = marksOf(options.nonce)
  return {
    opening: `${runner(marks, options.elevation, script.deadlineSeconds)}\n`,
    job: framed(job(script.text, marks, options.inputBytes)),
    marks,
  }
}

/** A text that never ends by itself: after the begin mark, the standard streams are its own. */
export function packRelay(text: string, options: Omit<TravelOptions, 'inputBytes'>): Travel {
  const marks = marksOf(options.nonce)
  return {
    opening: `${runner(marks, options.elevation, Number.POSITIVE_INFINITY)}\n`,
    job: framed([...SURROUNDINGS, `printf %s ${quote(marks.begin)}`, text].join('\n')),
    marks,
  }
}

/** A text as the loader takes it: its length, then itself. */
function framed(text: string): string {
  const whole = `${text}\n#whole`
  return `${Buffer.byteLength(whole)}\n${whole}`
}

function marksOf(nonce: string): Marks {
  const half = nonce.length / 2
  const shown = nonce.slice(0, half)
  const hidden = nonce.slice(half)
  return {
    begin: `gha-begin-${hidden}\n`,
    end: `gha-end-${hidden}`,
    ready: `gha-ready-${shown}\n`,
    prompt: `gha-sudo-${shown}`,
  }
}

/** The first line: takes the rights, sets the deadline, loads the job. A shell that gets half of it runs nothing. */
function runner(marks: Marks, elevation: Elevation, deadlineSeconds: number): string {
  const announce = elevation === 'ask' ? `echo ${marks.ready.trim()}; ` : ''
  return [
    ...SURROUNDINGS,
    `loader=${quote(announce + LOADER)}`,
    guardOf(deadlineSeconds),
    `exec ${SUDO[elevation](marks)} $guard /bin/sh -c "$loader"`,
  ].join('; ')
}

const SUDO: Readonly<Record<Elevation, (marks: Marks) => string>> = {
  none: () => '',
  sudo: () => 'sudo -n --',
  ask: marks => `sudo -S -k -p ${marks.prompt} --`,
}

/** Closing a connection ends nothing on the other side, so the node itself keeps the deadline. */
function guardOf(seconds: number): string {
  if (seconds === Number.POSITIVE_INFINITY) return 'guard='
  return `guard=; command -v timeout >/dev/null 2>&1 && guard="timeout -k 5 ${Math.ceil(seconds)}"`
}

/** The script between its marks, in a shell of its own so that its exit cannot skip the end mark. */
function job(text: string, marks: Marks, inputBytes: number): string {
  const begin = quote(marks.begin)
  return `${SURROUNDINGS.join('\n')}
INPUT_BYTES=${inputBytes}
printf %s ${begin} >&2
printf %s ${begin}
(eval ${quote(text)})
code=$?
printf '%s %d\\n' ${marks.end} "$code" >&2
printf '%s %d\\n' ${marks.end} "$code"`
}

const SURROUNDINGS = [
  'LC_ALL=C',
  `PATH=${PATH}`,
  'export LC_ALL PATH',
  'unset CDPATH ENV BASH_ENV',
  'umask 022',
  'cd /',
]
