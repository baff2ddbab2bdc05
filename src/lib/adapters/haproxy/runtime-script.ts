import {RELABEL} from '../../host/relabel.ts'
import {RECORD_FUNCTIONS, readRecords} from '../../model/records.ts'
import {quote, type Script} from '../../model/script.ts'

export interface RuntimeRequest {
  readonly socket: string
  /** Sent one after the other before everything is read: `set server …`. */
  readonly commands: readonly string[]
  /** Where an owned HAProxy finds the states again when it starts. */
  readonly stateFile?: string
}

export type RuntimeAnswer =
  | {
      readonly type: 'answered'
      readonly complaints: readonly string[]
      /** What the socket may do: `admin`, `operator`, `user`; undefined where HAProxy does not tell. */
      readonly level?: string
      readonly state: string
      readonly stat: string
    }
  | {readonly type: 'missing' | 'denied' | 'refused' | 'no-client' | 'failed'; readonly message: string}

/** Talks to HAProxy's runtime socket with what the host has; reads every server back after what it was told. */
export function runtimeScript({socket, commands, stateFile}: RuntimeRequest): Script<RuntimeAnswer> {
  return {
    name: commands.length > 0 ? 'set the servers of HAProxy' : 'read the servers of HAProxy',
    text: [
      RECORD_FUNCTIONS,
      `socket=${quote(socket)}`,
      ...(commands.length > 0 ? [UNHEARD] : []),
      TALK,
      ...commands.map(command => `record complaint "$(talk ${quote(command)})"`),
      ...(stateFile === undefined || commands.length === 0 ? [] : [keepStates(stateFile)]),
      `record level "$(talk 'show cli level')"`,
      `record state "$(talk 'show servers state')"`,
      `record stat "$(talk 'show stat')"`,
    ].join('\n'),
    mutates: commands.length > 0,
    deadlineSeconds: 30,
    parse: ({stdout}) => readAnswer(readRecords(stdout)),
  }
}

/** Once the connection is gone, the first word would end the script between one backend and the next. */
const UNHEARD = "trap '' PIPE"

/** HAProxy reads the file when it starts, before anything could tell it who is out. */
function keepStates(path: string): string {
  const fresh = quote(`${path}.gha-new`)
  return [
    RELABEL,
    `(umask 022; talk 'show servers state' >${fresh}) && [ -s ${fresh} ] && mv -f ${fresh} ${quote(path)} && relabel ${quote(path)} ||`,
    '  record failed "cannot keep the state of the servers beside the configuration"',
  ].join('\n')
}

const TALK = `
if [ ! -S "$socket" ]; then record missing "$socket"; exit 0; fi
if command -v socat >/dev/null 2>&1; then
  talk() { printf '%s\\n' "$1" | socat -t 10 - "UNIX-CONNECT:$socket" 2>&1; }
elif perl -MIO::Socket::UNIX -e 1 2>/dev/null; then
  talk() { perl -MIO::Socket::UNIX -e '
    my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or do { print "$!\\n"; exit 1 };
    print $s "$ARGV[1]\\n"; $s->flush; local $/; print <$s>' "$socket" "$1" 2>&1; }
elif command -v python3 >/dev/null 2>&1; then
  talk() { python3 -c '
import socket, sys
try:
    s = socket.socket(socket.AF_UNIX); s.settimeout(10); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode() + b"\\n")
    while True:
        part = s.recv(65536)
        if not part: break
        sys.stdout.buffer.write(part)
except OSError as error:
    print(error.strerror or error); sys.exit(1)' "$socket" "$1" 2>&1; }
elif nc -h 2>&1 | grep -q -e '-U'; then
  talk() { printf '%s\\n' "$1" | nc -U "$socket" 2>&1; }
else
  record no-client 'none of socat, perl, python3, nc -U'; exit 0
fi
greeting=$(talk 'show version') || {
  case $greeting in
    *ermission*) record denied "$greeting" ;;
    *efused*) record refused "$greeting" ;;
    *) record failed "$greeting" ;;
  esac
  exit 0
}`

const PROBLEMS = ['missing', 'denied', 'refused', 'no-client', 'failed'] as const

function readAnswer(records: ReadonlyMap<string, readonly string[]>): RuntimeAnswer {
  for (const type of PROBLEMS) {
    const message = records.get(type)?.[0]
    if (message !== undefined) return {type, message: message.trim()}
  }
  const [state] = records.get('state') ?? []
  const [stat] = records.get('stat') ?? []
  if (state === undefined || stat === undefined) return {type: 'failed', message: 'the script ended early'}
  const complaints = (records.get('complaint') ?? []).map(text => text.trim()).filter(text => text !== '')
  const level = /^(user|operator|admin)$/.exec(records.get('level')?.[0]?.trim() ?? '')?.[1]
  return {type: 'answered', complaints, ...(level ? {level} : {}), state, stat}
}
